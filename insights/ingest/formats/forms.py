"""A form in which something is logged, as a pattern with its examples; and the forms that syslog daemons add."""

import re
from typing import NamedTuple


class Form(NamedTuple):
    """A pattern that is matched from the beginning of a line's text, and its examples."""

    pattern: re.Pattern[bytes]
    reads: tuple[bytes, ...]
    leaves: tuple[bytes, ...]


REPEATED = Form(
    re.compile(rb"message repeated (\d{1,9}) times: \[ ?(.*?)\]?$"),
    reads=(
        b"message repeated 2 times: [ connect from unknown[192.0.2.3]]",
        b"message repeated 3 times: [warning: unknown[192.0.2.3]: SASL LOGIN authentication aborted]",
    ),
    leaves=(b"last message repeated 2 times",),
)

MARKED = Form(
    re.compile(rb"\[(?:ID \d{1,12} )?[a-z0-9]{1,16}\.[a-z]{1,16}\] "),
    reads=(
        b"[ID 197553 mail.info] connect from unknown[192.0.2.3]",
        b"[mail.info] connect from x[192.0.2.3]",
    ),
    leaves=(b"connect from unknown[192.0.2.3]", b"[192.0.2.3] said: hello"),
)
