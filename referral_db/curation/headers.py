"""The curation app's own policy, and what it says when something fails that nobody foresaw."""

from __future__ import annotations

import logging

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp

from nachtlicht import headers

_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FAILED = "Er ging iets mis aan onze kant. Er is niets bewaard. Ga terug en probeer het nog eens."


class SecurityHeaders(headers.SecurityHeaders):
    """The headers of the whole product, around the last resort of this app."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(headers.LastResort(app, _failed, logging.getLogger("nachtlicht.curation")), _CSP)


def _failed() -> Response:
    return PlainTextResponse(_FAILED, status_code=500)
