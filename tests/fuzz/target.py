"""`python -m tests.fuzz.target FORMAT[,FORMAT…] [options of libFuzzer] [corpus]`: atheris on the rules, no Django."""

from __future__ import annotations

import sys

import atheris


def main() -> None:
    """Fuzz until the options end it; the exit code is not 0 where a rule was broken."""
    names = sys.argv.pop(1).split(",")
    with atheris.instrument_imports(include=["insights.ingest"]):
        from insights.ingest.formats import FORMATS
        from tests.fuzz.rules import check

        for name in names:
            FORMATS[name]  # imported while imports are instrumented

    def one_input(data: bytes) -> None:
        for name in names:
            check(name, data)

    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
