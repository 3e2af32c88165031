"""From bytes of a mail log to records: pure, resumable, without Django, database or clock."""
