"""From the bytes of a mail log to stored events: a pure parsing core, and the verbs that store what it reads."""
