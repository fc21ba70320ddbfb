"""Response headers on every answer of the chat process, errors too; and the last-resort handler."""

from __future__ import annotations

import logging

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.chat.problem import ProblemError

log = logging.getLogger("nachtlicht.chat")

CLOSED_CSP = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
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
    "content-security-policy": CLOSED_CSP,
    "cross-origin-resource-policy": "same-origin",
}


class SecurityHeaders:
    """Pure ASGI: adds the headers, and turns an exception nobody caught into a kind 500 that logs only its class."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers[name] = value
                for name, value in UNLESS_SET.items():
                    headers.setdefault(name, value)
                if "frame-ancestors 'none'" in headers["content-security-policy"]:
                    headers["x-frame-options"] = "DENY"
                if scope["scheme"] == "https":
                    headers["strict-transport-security"] = "max-age=63072000; includeSubDomains"
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            # A traceback may hold what a person wrote: the class name is all that is kept.
            log.error("request failed: %s", type(error).__name__)
            if not started:
                await _FAILED.response()(scope, receive, send_with_headers)


_FAILED = ProblemError(
    500, "failed", "Er ging iets mis aan onze kant. Is er gevaar, bel 112. Praten kan altijd op 106."
)
