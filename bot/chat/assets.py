"""The widget's files and the pages' style: read once, served from an address that changes with their content.

Nothing is cached (`no-store` holds here too): a widget in a browser's cache would tell that someone was here.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.emergency import ONE_TAP, CrisisLine

WIDGET = Path(__file__).parents[1] / "widget"
STATIC = Path(__file__).parent / "static"
LOADER = "widget.js"
MAIN = "chat.js"
NEUTRAL_PAGE = "https://www.meteo.be/nl/"
"""Where "Verlaat snel" goes: a weather page, so that the screen shows nothing worth a question."""

_PLACE = "/*config*/ {}"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Assets:
    def __init__(self, lines: Sequence[CrisisLine]) -> None:
        modules = sorted(path for path in WIDGET.glob("*.js") if path.name != LOADER)
        self._files = {path.name: path.read_bytes() for path in [*modules, STATIC / "page.css", STATIC / "icon.svg"]}
        content = b"\0".join(name.encode() + b"\0" + data for name, data in sorted(self._files.items()))
        self.version = hashlib.sha256(content).hexdigest()[:16]
        names = sorted((path.name for path in modules), key=lambda name: (name == MAIN, name))
        self._loader = self._with_config(
            {
                # The main module comes last: what it imports has been checked by then.
                "modules": [[self.address(name), self._integrity(name)] for name in names],
                "lines": [[line.number, line.href, line.what_for, line.number in ONE_TAP] for line in lines],
                "exit": NEUTRAL_PAGE,
            }
        )

    def address(self, name: str) -> str:
        return f"/w/{self.version}/{name}"

    def routes(self) -> list[Route]:
        return [
            Route("/widget.js", self._serve_loader, methods=["GET"]),
            Route("/w/{version}/{name}", self._serve, methods=["GET"]),
        ]

    async def _serve_loader(self, _: Request) -> Response:
        return _asset(self._loader, "text/javascript")

    async def _serve(self, request: Request) -> Response:
        data = self._files.get(request.path_params["name"])
        if data is None or request.path_params["version"] != self.version:
            raise HTTPException(404)
        return _asset(data, _TYPES[Path(request.path_params["name"]).suffix])

    def _with_config(self, config: dict[str, Any]) -> bytes:
        source = (WIDGET / LOADER).read_text("utf-8")
        if source.count(_PLACE) != 1:
            raise ValueError(f"{LOADER}: expected {_PLACE} once")
        return source.replace(_PLACE, json.dumps(config, ensure_ascii=False, separators=(",", ":"))).encode()

    def _integrity(self, name: str) -> str:
        return "sha384-" + base64.b64encode(hashlib.sha384(self._files[name]).digest()).decode()


def _asset(data: bytes, media_type: str) -> Response:
    return Response(data, media_type=media_type, headers={"cross-origin-resource-policy": "cross-origin"})
