"""The widget's files and the pages' style: read once, served from an address that changes with their content.

Nothing is cached (`no-store` holds here too): a widget in a browser's cache would tell that someone was here.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.emergency import EmergencyLine
from referral_db.taxonomy import NEEDS

WIDGET = Path(__file__).parents[1] / "widget"
STATIC = Path(__file__).parent / "static"
LOADER = "widget.js"
MAIN = "chat.js"
HOST = "host.js"
STYLE = "style.js"
BUNDLES = {
    MAIN: ("words.js", "panel.js", "exit.js", STYLE, "view.js", "chat.js"),
    HOST: ("panel.js", "exit.js", "look.js", "frame.js"),
}
"""What is served as one file: HOST is for websites with their own colours, hours or a frame."""
EXTRA = ("en.js", "fr.js", "learn.js", "note.js")
"""Modules that the window fetches only when they are used."""
NEUTRAL_PAGE = "https://www.meteo.be/nl/"
"""Where "Verlaat snel" goes: a weather page, so that the screen shows nothing worth a question."""

_CONFIG = "/*config*/ {}"
_SAFETY = '/*safety*/ ""'
_NEEDS = "/*needs*/ {}"
_EXTRA = "/*extra*/ {}"
_INDENT_OR_COMMENT = re.compile(r"(?m)^[ \t]*(//.*|/\*\*.*\*/)?|[ \t]+// .*$")
_IMPORT = re.compile(r'(?m)^import .* from "\./(.+)";$')
_LINE_END = re.compile(r"(?<=[{},;(\[])\n+|\n+(?=[)}\]?:.&|+])")
_CSS_COMMENT_OR_SPACE = re.compile(r"/\*.*?\*/| +(?=[{};,])|(?<=[{};,]) +|(?<=[a-z-]:) +")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Assets:
    """`digital_safety` is the text on reading safely, out of the crisis constants."""

    def __init__(self, lines: Sequence[EmergencyLine], digital_safety: str) -> None:
        self._files = {name: _script((WIDGET / name).read_text("utf-8")) for name in EXTRA}
        labels = {code: words.label for code, words in NEEDS.items()}
        self._files["note.js"] = _filled(self._files["note.js"], _NEEDS, labels)
        self._files |= {name: _bundle(parts) for name, parts in BUNDLES.items()}
        main = _filled(self._files[MAIN], _SAFETY, digital_safety)
        self._files[MAIN] = _filled(main, _EXTRA, {name: self._integrity(name) for name in EXTRA})
        self.modules = sorted(self._files)
        self._files |= {name: (STATIC / name).read_bytes() for name in ("page.css", "icon.svg", "insluiten.js")}
        content = b"\0".join(name.encode() + b"\0" + data for name, data in sorted(self._files.items()))
        self.version = hashlib.sha256(content).hexdigest()[:16]
        self.loader = _filled(
            _script((WIDGET / LOADER).read_text("utf-8")),
            _CONFIG,
            {
                "path": self.address(""),
                "main": [MAIN, self._integrity(MAIN)],
                "host": [HOST, self._integrity(HOST)],
                "lines": [[line.number, line.href, line.what_for, line.hours] for line in lines],
                "exit": NEUTRAL_PAGE,
            },
        )

    def address(self, name: str) -> str:
        return f"/w/{self.version}/{name}"

    def file(self, name: str) -> bytes:
        """The bytes that are served under `name`. Raises KeyError for a file that there is not."""
        return self._files[name]

    def routes(self) -> list[Route]:
        return [
            Route("/widget.js", self._serve_loader, methods=["GET"]),
            Route("/w/{version}/{name}", self._serve, methods=["GET"]),
        ]

    async def _serve_loader(self, request: Request) -> Response:
        return _asset(request, self.loader, ".js")

    async def _serve(self, request: Request) -> Response:
        data = self._files.get(request.path_params["name"])
        if data is None or request.path_params["version"] != self.version:
            raise HTTPException(404)
        return _asset(request, data, Path(request.path_params["name"]).suffix)

    def _integrity(self, name: str) -> str:
        return "sha256-" + base64.b64encode(hashlib.sha256(self._files[name]).digest()).decode()


def _script(source: str) -> bytes:
    """A module without indentation, comment lines and needless line ends: the reader's bytes, not the developer's."""
    return _LINE_END.sub("", _INDENT_OR_COMMENT.sub("", source)).encode()


def _bundle(names: Sequence[str]) -> bytes:
    """Modules as one, each after those that it imports. Raises ValueError where one imports a later one."""
    sources = []
    for index, name in enumerate(names):
        source = (WIDGET / name).read_text("utf-8")
        absent = set(_IMPORT.findall(source)) - set(names[:index])
        if absent:
            raise ValueError(f"{name}: imports {sorted(absent)[0]}, which does not stand before it")
        source = _IMPORT.sub("", source)
        sources.append(_CSS_COMMENT_OR_SPACE.sub("", source) if name == STYLE else source)
    return _script("\n".join(sources))


def _filled(script: bytes, place: str, value: Any) -> bytes:
    """Puts `value` as JSON where the script leaves room for it."""
    if script.count(place.encode()) != 1:
        raise ValueError(f"the widget's script: expected {place} once")
    return script.replace(place.encode(), json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


@lru_cache(maxsize=32)
def _compressed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def _asset(request: Request, data: bytes, suffix: str) -> Response:
    headers = {"cross-origin-resource-policy": "cross-origin", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        data = _compressed(data)
        headers["content-encoding"] = "gzip"
    return Response(data, media_type=_TYPES[suffix], headers=headers)
