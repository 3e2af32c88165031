"""Sentences that pages, mails and the API share, so that all of them say the same."""
