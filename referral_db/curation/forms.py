"""Reading what a form sent: bounded, and always as text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

MAX_BODY = 512 * 1024
"""Bytes of one form."""
MAX_FIELDS = 5_000
MAX_ROWS = 60
"""Rows of one kind, such as opening hours, in one form."""
BODY_SECONDS = 10.0
MAX_FILE = 5_000_000
"""Bytes of a file with its form."""
FILE_SECONDS = 60.0


class FormError(Exception):
    """The form could not be read; the message is Dutch."""


@dataclass(frozen=True)
class Upload:
    """A file as it was sent. Its name is what the sender calls it, for reading only."""

    name: str
    data: bytes


class Form:
    """The fields of a form, or of the query of an address; `upload` is its file, None where there is none."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = (), upload: Upload | None = None) -> None:
        self.pairs = list(pairs)
        self.upload = upload
        self._values: dict[str, list[str]] = {}
        for name, value in self.pairs:
            self._values.setdefault(name, []).append(value)

    def text(self, name: str) -> str:
        """The value without white space around it, "" where it is not there."""
        return self.raw(name).strip()

    def raw(self, name: str) -> str:
        """The value as it was typed (a password), with one kind of line end and no NUL, which no database takes."""
        return self._values.get(name, [""])[0].replace("\r\n", "\n").replace("\x00", "")

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def has(self, name: str) -> bool:
        return name in self._values

    def number(self, name: str, default: int) -> int:
        """A whole number of 0 or more, else the default."""
        value = self.text(name)
        return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default

    def rows(self, name: str) -> list[Form]:
        """The rows of a list: "phones-0-number" is "number" of the first. Rows that are ticked "wis" are left out."""
        found = []
        for index in range(min(self.number(f"{name}-aantal", 0), MAX_ROWS)):
            prefix = f"{name}-{index}-"
            row = Form((key.removeprefix(prefix), value) for key, value in self.pairs if key.startswith(prefix))
            if not row.has("wis"):
                found.append(row)
        return found


async def read_form(request: Request) -> Form:
    """Reads at most `MAX_BODY` bytes within `BODY_SECONDS`. Raises FormError."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        raise FormError("Dit formulier kunnen we niet lezen. Ga terug en probeer het nog eens.")
    too_much = "Dat is te veel tekst in één keer. Maak het korter en probeer het nog eens."
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = b"".join([chunk async for chunk in _bounded(request, MAX_BODY, too_much)])
    except (TimeoutError, ClientDisconnect):
        raise FormError("Het formulier kwam niet helemaal aan. Probeer het nog eens.") from None
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise FormError("Dit formulier kunnen we niet lezen. Ga terug en probeer het nog eens.") from None
    return Form(pairs)


async def read_upload(request: Request) -> Form:
    """Reads a form with a file, together at most `MAX_FILE` bytes within `FILE_SECONDS`. Raises FormError."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await read_form(request)
    too_much = f"Het bestand is te groot: hoogstens {MAX_FILE // 1_000_000} MB. Deel het op, of vraag een beheerder."
    try:
        async with asyncio.timeout(FILE_SECONDS):
            stream = _bounded(request, MAX_FILE, too_much)
            parsed = await MultiPartParser(request.headers, stream, max_files=1, max_fields=20).parse()
            pairs, upload = [], None
            for name, value in parsed.multi_items():
                if isinstance(value, UploadFile):
                    name_of = "".join(filter(str.isprintable, value.filename or ""))[-100:]
                    upload = Upload(name_of, await value.read())
                else:
                    pairs.append((name, value))
            await parsed.close()
    except (TimeoutError, ClientDisconnect):
        raise FormError("Het bestand kwam niet helemaal aan. Probeer het nog eens.") from None
    except MultiPartException:
        raise FormError("Dit formulier kunnen we niet lezen. Ga terug en probeer het nog eens.") from None
    return Form(pairs, upload if upload and upload.data else None)


async def _bounded(request: Request, most: int, too_much: str) -> AsyncGenerator[bytes, None]:
    """The body as it comes in. Raises FormError with `too_much` past `most` bytes."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise FormError(too_much)
        yield chunk
