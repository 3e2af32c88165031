"""Propose which column is what, from the names of the columns and the first rows; a person decides. Pure.

What can be read in two ways, such as 03/04, is not proposed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from insights.ingest.first_rows.head import Head
from insights.ingest.formats.columns.mapping import MAX_NAME, Field, TimeFormat
from insights.ingest.formats.columns.times import stamp_of

VALUES: Final = 20
"""A column of more values than this is no outcome."""
_WORD: Final = re.compile(r"[\W_]+")
_KNOWN: Final[tuple[Mapping[Field, str], ...]] = (
    # Exchange Online, Start-HistoricalSearch -ReportType SmtpCSReport (docs/columns.md).
    {
        Field.TIME: "date", Field.ACCOUNT: "senderName", Field.CLIENT_IP: "original_client_ip",
        Field.TLS: "tls_version", Field.MECHANISM: "authMethod", Field.MESSAGES: "message_count",
        Field.ID: "message_id",
    },
)  # fmt: skip
"""Exports whose columns are known, though their names say something else."""
_NAMES: Final[Mapping[Field, str]] = {
    Field.TIME: "timestamp datetime datetimeutc dateutc date time eventtime eventdate received receivedtime"
    " datereceived receiveddatetime receiveddate createddatetime origintimestamp origintimestamputc senttime"
    " sent sentat submittime logtime loggedat at ts zeitstempel datum zeit",
    Field.ACCOUNT: "saslusername sasluser authuser authusername authenticateduser authenticatedid authid smtpuser"
    " smtpusername login loginname username user account accountname userprincipalname upn mailbox benutzername"
    " benutzer konto",
    Field.SENDER: "envelopesender envelopefrom mailfrom senderaddress sender from fromaddress returnpath absender",
    Field.CLIENT_IP: "originalclientip clientip clientaddress clientipaddress remoteip remoteaddress sourceip"
    " sourceaddress srcip fromip senderip peerip ipaddress ip client remote",
    Field.TLS: "tlsversion tlsprotocol tls sslversion sslprotocol ssl tlsver encryption",
    Field.MECHANISM: "authmethod authmechanism saslmethod saslmechanism mechanism authenticationmethod authtype"
    " authprotocol auth",
    Field.RECIPIENTS: "recipientcount recipients recipientaddress recipient rcptcount nrcpts nrcpt rcptto rcpt to"
    " toaddress empfänger",
    Field.MESSAGES: "messagecount messages mailcount",
    Field.SIZE: "messagesize size bytes sizebytes totalbytes",
    Field.ID: "queueid qid messageid messagetraceid networkmessageid internalmessageid id",
    Field.HOST: "host hostname server servername serverhostname mailserver",
    Field.OUTCOME: "outcome authresult authstatus result status action",
    Field.REASON: "reason error errormessage failurereason errorcode statusdetail detail details",
}  # fmt: skip
_SUCCESS: Final = frozenset(
    {"accepted", "accept", "ok", "success", "successful", "succeeded", "sent", "delivered"}
    | {"true", "yes", "pass", "passed", "250", "erfolgreich"}
)
_FAILURE: Final = frozenset(
    {"failed", "failure", "fail", "authfailed", "authenticationfailed", "authfailure", "loginfailed"}
    | {"denied", "rejected", "refused", "false", "no", "error", "535", "fehlgeschlagen"}
)
_EPOCHS: Final = ((TimeFormat.EPOCH_S, 8, 11), (TimeFormat.EPOCH_MS, 12, 14), (TimeFormat.EPOCH_US, 15, 17))
_DAY_AND_MONTH: Final = re.compile(rb"(\d{1,2})([/.-])(\d{1,2})")


def proposed(head: Head) -> dict[str, Any]:
    """Return as much of a mapping, as plain data, as the names and the first rows suggest."""
    columns = _known(head) or _by_name(head)
    data: dict[str, Any] = {}
    if Field.TIME in columns and (written := time_format_of(head.values(columns[Field.TIME]))):
        data["time_format"] = str(written)
    if Field.OUTCOME in columns:
        success, failure, is_whole = _outcomes(head.values(columns[Field.OUTCOME]))
        if not (success or failure):
            del columns[Field.OUTCOME]
        elif is_whole or (success and failure):
            # With one list alone every other value would mean the opposite.
            data |= {"success": success, "failure": failure}
    data["columns"] = {str(field): columns[field] for field in Field if field in columns}
    return data


def time_format_of(cells: Sequence[bytes]) -> TimeFormat | None:
    """Return the one form that all times are written in, None where there is none, or more than one."""
    times = [cell.strip() for cell in cells if cell.strip()]
    if not times:
        return None
    found = [one for one in TimeFormat if all(stamp_of(time, one) is not None for time in times)]
    if TimeFormat.EPOCH_US in found:
        digits = len(times[0].partition(b".")[0])
        return next((name for name, least, most in _EPOCHS if least <= digits <= most), None)
    if TimeFormat.DAY_FIRST in found:
        return _day_or_month_first(times)
    return found[0] if len(found) == 1 else None


def values_of(cells: Sequence[bytes]) -> dict[str, int]:
    """Return the different values of a column and how often each stands there, as they are first written."""
    counted: dict[str, tuple[str, int]] = {}
    for cell in cells:
        text = cell.decode("utf-8", "backslashreplace").strip()
        first, number = counted.get(text.lower(), (text, 0))
        counted[text.lower()] = first, number + 1
    return dict(counted.values())


def _known(head: Head) -> dict[Field, str] | None:
    names = {column.lower(): column for column in head.columns}
    for known in _KNOWN:
        if all(column.lower() in names for column in known.values()):
            return {field: names[column.lower()] for field, column in known.items()}
    return None


def _by_name(head: Head) -> dict[Field, str]:
    names = {column: _WORD.sub("", column.lower()) for column in head.columns}
    found: dict[Field, str] = {}
    for field, known in _NAMES.items():
        free = {name: column for column, name in reversed(names.items()) if column not in found.values()}
        fitting = [free[name] for name in known.split() if name in free]
        if field is Field.TIME:
            # A day and a time of day in columns of their own are no time.
            fitting.sort(key=lambda column: time_format_of(head.values(column)) is None)
        if fitting:
            found[field] = fitting[0]
    return found


def _day_or_month_first(times: Sequence[bytes]) -> TimeFormat | None:
    begin = [match for time in times if (match := _DAY_AND_MONTH.match(time))]
    may_be_day = any(int(one[1]) > 12 for one in begin) or all(one[2] == b"." for one in begin)
    may_be_month = any(int(one[3]) > 12 for one in begin)
    if may_be_day == may_be_month:
        return None
    return TimeFormat.DAY_FIRST if may_be_day else TimeFormat.MONTH_FIRST


def _outcomes(cells: Sequence[bytes]) -> tuple[list[str], list[str], bool]:
    """Return the values that mean success, those that mean failure, and whether there is no other."""
    values = [value for value in values_of(cells) if 1 <= len(value) <= MAX_NAME]
    if len(values) > VALUES:
        return [], [], False
    words = {value: _WORD.sub("", value.lower()) for value in values}
    success = [value for value, word in words.items() if word in _SUCCESS]
    failure = [value for value, word in words.items() if word in _FAILURE]
    return success, failure, len(success) + len(failure) == len(words)
