"""Ask Graph as an application: with a fresh token, patiently, page by page, and nowhere but at Graph's own address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final, NamedTuple

import httpx
from django.utils.translation import gettext as _

from insights.connectors.graph.patience import TRIES, Patience
from insights.connectors.graph.refusals import GraphError, graph_refused
from insights.connectors.graph.token import Credentials, Tokens
from insights.connectors.graph.wire import Reply, Wire
from project.origins import origin_of

PAGE_BYTES: Final = 32 * 1024 * 1024
MOST_PAGES: Final = 2_000
"""Of one question: a server that never comes to an end is given up."""


class Page(NamedTuple):
    """A page of an answer: its values, its size in bytes, and whether no other follows."""

    values: list[Any]
    size: int
    is_last: bool


class GraphClient:
    """Asks as `credentials` say; no thread but the one that made it may use it."""

    def __init__(self, credentials: Credentials, wire: Wire, patience: Patience, tokens: Tokens) -> None:
        self.tokens = tokens
        self._credentials, self._wire, self._patience = credentials, wire, patience

    def pages(self, path: str, parameters: Mapping[str, str], *, permission: str) -> Iterator[Page]:
        """Yield the pages of a collection, following `@odata.nextLink`; raise GraphError.

        `permission` is named where Graph refuses.
        """
        url = str(httpx.URL(f"{self._credentials.endpoints.graph}{path}", params=dict(parameters)))
        asked: set[str] = set()
        while url:
            if url in asked or len(asked) >= MOST_PAGES:
                raise GraphError(_("Graph's pages do not come to an end."))
            asked.add(url)
            page, url = self._page(url, permission)
            yield page

    def _page(self, url: str, permission: str) -> tuple[Page, str]:
        body, size = self._get(url, permission)
        values = body.get("value") if isinstance(body, dict) else None
        if not isinstance(values, list):
            raise GraphError(
                _("Graph answered with something else than a list, or with JSON that breaks off.")
            )
        following = body.get("@odata.nextLink")
        if following is None:
            return Page(values, size, is_last=True), ""
        if not isinstance(following, str) or origin_of(following) != origin_of(
            self._credentials.endpoints.graph
        ):
            raise GraphError(
                _("Graph's next page is at another address than Graph's own. It was not asked for.")
            )
        return Page(values, size, is_last=False), following

    def _get(self, url: str, permission: str) -> tuple[Any, int]:
        """Return the JSON that is there, or None, and its size; renew a token that is refused, once."""
        reply = self._ask(url)
        if reply.status == 401:
            self.tokens.forget()
            reply = self._ask(url)
        if reply.status != 200:
            raise graph_refused(
                reply.status, reply.json(), secret=self._credentials.secret, permission=permission
            )
        return reply.json(), len(reply.body)

    def _ask(self, url: str) -> Reply:
        headers = {"Authorization": f"Bearer {self.tokens.current()}"}
        return self._patience.until_answered(
            lambda: self._wire.ask("GET", url, most=PAGE_BYTES, headers=headers)
        )


@contextmanager
def graph_client(
    credentials: Credentials,
    *,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
    tries: int = TRIES,
) -> Iterator[GraphClient]:
    """Give a client whose connections end with the block."""
    wire = Wire()
    patience = Patience(clock=clock, sleep=sleep, tries=tries)
    try:
        yield GraphClient(credentials, wire, patience, Tokens(credentials, wire, patience, clock=clock))
    finally:
        wire.close()
