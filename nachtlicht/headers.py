"""Response headers on every answer of a web application, errors too; and the last resort when something fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_SENSORS = (
    "accelerometer", "autoplay",
    "browsing-topics", "camera", "clipboard-read", "clipboard-write", "display-capture", "encrypted-media",
    "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "idle-detection", "interest-cohort",
    "local-fonts", "magnetometer", "microphone", "midi", "payment", "picture-in-picture",
    "publickey-credentials-get", "screen-wake-lock", "serial", "speaker-selection", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
ALWAYS = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": ", ".join(f"{name}=()" for name in _SENSORS),
}
UNLESS_SET = {
    "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
}


class SecurityHeaders:
    """Pure ASGI: adds `ALWAYS` and, where an answer does not have them, `UNLESS_SET`.

    `csp` is the policy of pages without one of their own. A page that nobody may frame gets X-Frame-Options too.
    """

    def __init__(self, app: ASGIApp, csp: str = UNLESS_SET["content-security-policy"]) -> None:
        self.app = app
        self.unless_set: Mapping[str, str] = {**UNLESS_SET, "content-security-policy": csp}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                for name, value in self.unless_set.items():
                    headers.setdefault(name, value)
                if "frame-ancestors 'none'" in headers["content-security-policy"]:
                    headers["x-frame-options"] = "DENY"
                if scope["scheme"] == "https":
                    headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"
            await send(message)

        await self.app(scope, receive, send_with_headers)


class LastResort:
    """Pure ASGI: turns an exception that nobody caught into `failed()`, a kind 500, and logs only its class."""

    def __init__(self, app: ASGIApp, failed: Callable[[], Response], log: logging.Logger) -> None:
        self.app = app
        self.failed = failed
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http":
                raise
            # A traceback, and the text of an error, may hold what somebody wrote: the class is all that is kept.
            self.log.error("request failed: %s", type(error).__name__)
            if not started:
                await self.failed()(scope, receive, send)
