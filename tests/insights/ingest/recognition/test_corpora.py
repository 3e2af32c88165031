"""Every file of the corpora beside the checkout, and every sample in it, is recognised as what it is or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from insights.ingest.recognition import Doubt, Sureness, recognise_file
from tests.insights.ingest import corpus

CERTAIN, LIKELY = Sureness.CERTAIN, Sureness.LIKELY
CORPORA = corpus.FOLDER.parent
SAMPLES = Path(__file__).resolve().parents[3] / "samples"
# Of the logs of Exim's own test suite some tell of no login.
OF_EXIM = (
    (
        CERTAIN,
        (
            *("3400", "3451", "3452", "3455", "3461", "3462", "3465", "3551", "3600", "3700", "3720", "3721"),
            *("3901", "4032", "4034", "4056", "4064", "4065"),
        ),
    ),
    (LIKELY, ("3401", "3404", "3405", "3454", "3464")),
)
RECOGNISED = {
    "exim/mainlog": ("exim", CERTAIN),
    "exim/rejectlog": ("exim", CERTAIN),
    "postfix/mail.log": ("postfix", CERTAIN),
    "sendmail/maillog": ("sendmail", CERTAIN),
    "samples/dovecot-fail2ban-dovecot.log": ("dovecot", CERTAIN),
    "samples/exchange-crowdsec-exchange-smtp-bf.log": ("exchange", CERTAIN),
    "samples/exim-crowdsec-exim-logs.log": ("exim", CERTAIN),
    "samples/exim-crowdsec-exim-syslog.log": ("exim", CERTAIN),
    "samples/exim-fail2ban-exim.log": ("exim", CERTAIN),
    "samples/exim-logstash-patterns-core.log": ("exim", CERTAIN),
    "samples/opensmtpd-wazuh-opensmtpd.log": ("opensmtpd", LIKELY),
    "samples/postfix-crowdsec-honeypot-users-authfail.log": ("postfix", CERTAIN),
    "samples/postfix-crowdsec-postfix-logs.log": ("postfix", CERTAIN),
    "samples/postfix-crowdsec-sasl-bf.log": ("postfix", CERTAIN),
    "samples/postfix-fail2ban-postfix.log": ("postfix", CERTAIN),
    "samples/postfix-kumina-postfix_exporter.log": ("postfix", CERTAIN),
    "samples/sendmail-fail2ban-sendmail-auth.log": ("sendmail", CERTAIN),
    **{
        f"samples/exim-testsuite-{number}.log": ("exim", sure)
        for sure, numbers in OF_EXIM
        for number in numbers
    },
}
REFUSED = {
    "README.md": Doubt.NOTHING,
    "exim/exim4.conf": Doubt.NOTHING,
    "exim/queue-at-end.txt": Doubt.NOTHING,
    "exim/summary.json": Doubt.RECORDS,
    "exim/truth.jsonl": Doubt.RECORDS,
    "postfix/dovecot-auth.log": Doubt.NOTHING,
    "postfix/main.cf": Doubt.NOTHING,
    "postfix/master.cf": Doubt.NOTHING,
    "postfix/queue-at-end.txt": Doubt.NOTHING,
    "postfix/summary.json": Doubt.RECORDS,
    "postfix/truth.jsonl": Doubt.RECORDS,
    "samples/PROVENANCE.tsv": Doubt.TABLE,
    # Only IMAP and POP3: no submission service.
    "samples/dovecot-crowdsec-dovecot-logs.log": Doubt.NOTHING,
    # Documents, and texts of Postfix without stamps or names.
    "samples/log_record.md": Doubt.NOTHING,
    "samples/microsoftdocs-protocol-logging.md": Doubt.NOTHING,
    "samples/postfix-whyscream-grok-messages.log": Doubt.NOTHING,
    # Servers that are not read.
    "samples/other-fail2ban-courier-smtp.log": Doubt.NOTHING,
    "samples/other-fail2ban-kerio.log": Doubt.NOTHING,
    "sendmail/sendmail.mc": Doubt.NOTHING,
    "sendmail/summary.json": Doubt.RECORDS,
    "sendmail/truth.jsonl": Doubt.RECORDS,
    "timelines/enron_sender_time.csv": Doubt.TABLE,
}
WRITTEN = sorted(path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file())


@corpus.needs_corpus
def test_every_file_of_the_corpora_is_expected_to_be_something() -> None:
    files = {path.relative_to(CORPORA).as_posix() for path in CORPORA.rglob("*") if path.is_file()}
    assert files == {*RECOGNISED, *REFUSED}


@corpus.needs_corpus
@pytest.mark.parametrize("name", RECOGNISED)
def test_log_is_recognised(name: str) -> None:
    seen = recognise_file(CORPORA / name, name=name)
    assert (seen.format, seen.sureness, seen.doubt) == (*RECOGNISED[name], None)
    assert seen.lines > 0


@corpus.needs_corpus
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_log_is_refused_with_the_reason(name: str) -> None:
    seen = recognise_file(CORPORA / name, name=name)
    assert (seen.format, seen.sureness, seen.doubt) == (None, None, REFUSED[name])


@pytest.mark.parametrize("name", WRITTEN)
def test_sample_is_of_the_format_that_its_folder_is_named_after(name: str) -> None:
    seen = recognise_file(SAMPLES / name, name=name)
    # One line of Postfix stands among those of Dovecot: that is a syslog of both.
    folder = "mixed" if name == "dovecot/syslog-2.4.log" else name.partition("/")[0]
    # What a table or a record means has to be said.
    doubt = {"csv": Doubt.TABLE, "ndjson": Doubt.RECORDS}.get(folder)
    assert (seen.format, seen.doubt) == (None if doubt else folder, doubt)
