"""Which format a log is of, told from its content: what each parser makes of the beginning. Pure."""

from insights.ingest.formats import AUTO
from insights.ingest.recognition.decide import Doubt, Found, Recognition, Sureness, decide, dump, load
from insights.ingest.recognition.look import may_be_read_as, one_format_of, recognise, recognise_file

__all__ = [
    "AUTO", "Doubt", "Found", "Recognition", "Sureness", "decide", "dump", "load", "may_be_read_as",
    "one_format_of", "recognise", "recognise_file",
]  # fmt: skip
