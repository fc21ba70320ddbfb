"""A browser without a screen: it signs in, reads forms and sends them, over ASGI or the network."""

from __future__ import annotations

import asyncio
from html.parser import HTMLParser

import httpx
from argon2 import PasswordHasher
from starlette.applications import Starlette

from referral_db.curation.people import ROLES

PASSWORD = "vier losse woorden hier"
PEOPLE = {role: f"Iemand {role}" for role in ROLES}
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def password_hash(password: str = PASSWORD) -> str:
    return QUICK.hash(password)


class Page(HTMLParser):
    """The forms of a page, each with its action and what it would send as it stands."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._select: str | None = None
        self._options: list[tuple[str, bool]] = []
        self._option: tuple[str | None, bool] | None = None
        self._textarea: str | None = None
        self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), []))
        elif tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind not in ("checkbox", "radio") or "checked" in given:
                self._add(given["name"], given.get("value", "on" if kind == "checkbox" else ""))
        elif tag == "select":
            self._select, self._options = given["name"], []
        elif tag == "option":
            self._option, self._text = (given.get("value"), "selected" in given), ""
        elif tag == "textarea":
            self._textarea, self._text = given.get("name"), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "option" and self._option is not None:
            value, selected = self._option
            self._options.append((self._text.strip() if value is None else value, selected))
            self._option = None
        elif tag == "select" and self._select is not None:
            chosen = [value for value, selected in self._options if selected] or [self._options[0][0]]
            self._add(self._select, chosen[0])
            self._select = None
        elif tag == "textarea" and self._textarea is not None:
            self._add(self._textarea, self._text.removeprefix("\n"))
            self._textarea = None

    def form(self, action: str, **holding: str) -> list[tuple[str, str]]:
        """The fields of the form that goes to `action` and holds these values."""
        for found, pairs in self.forms:
            if found == action and all((name, value) in pairs for name, value in holding.items()):
                return list(pairs)
        raise AssertionError(f"no form to {action} with {holding} among {[found for found, _ in self.forms]}")

    def _add(self, name: str, value: str) -> None:
        if self.forms:
            self.forms[-1][1].append((name, value))


class SiteClient:
    """One browser with its cookies; `address` is where the client seems to be. No `app`: asks what runs at `base`."""

    def __init__(self, app: Starlette | None, address: str = "203.0.113.7", base: str = "http://curation.test") -> None:
        self.cookies = httpx.Cookies()
        self._app, self._address, self._base = app, address, base

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._ask("GET", path, None, headers)

    def send(self, path: str, pairs: list[tuple[str, str]] | dict[str, str], **headers: str) -> httpx.Response:
        body = str(httpx.QueryParams(list(pairs.items()) if isinstance(pairs, dict) else pairs))
        return self._ask("POST", path, body, {"content-type": "application/x-www-form-urlencoded", **headers})

    def upload(self, path: str, name: str, data: bytes) -> httpx.Response:
        """Opens a page and sends a file with its form, as a browser does."""
        fields = dict(Page(self.get(path).text).form(path))
        request = httpx.Request("POST", self._base + path, data=fields, files={"bestand": (name, data)})
        return self._ask("POST", path, request.read(), {"content-type": request.headers["content-type"]})

    def change(self, path: str, button: dict[str, str] | None = None, **changes: str | list[str]) -> httpx.Response:
        """Opens a page, changes fields of the form that goes to the same path, and sends it."""
        page = self.get(path)
        assert page.status_code == 200, page.status_code
        return self.send(path, changed(Page(page.text).form(path), **changes) + list((button or {}).items()))

    def press(self, path: str, action: str, **holding: str) -> httpx.Response:
        """Opens a page and sends one of its forms as it stands."""
        return self.send(action, Page(self.get(path).text).form(action, **holding))

    def sign_in(self, role: str = "publisher", password: str = PASSWORD, name: str | None = None) -> httpx.Response:
        pairs = Page(self.get("/aanmelden").text).form("/aanmelden")
        return self.send("/aanmelden", changed(pairs, naam=name or PEOPLE[role], wachtwoord=password))

    def _ask(self, method: str, path: str, body: str | bytes | None, headers: dict[str, str]) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = None
            if self._app is not None:
                transport = httpx.ASGITransport(self._app, client=(self._address, 50_000), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self._base, cookies=self.cookies) as client:
                response = await client.request(method, path, content=body, headers=headers)
                self.cookies = client.cookies
                return response

        return asyncio.run(ask())


def changed(pairs: list[tuple[str, str]], **changes: str | list[str]) -> list[tuple[str, str]]:
    """The fields with some replaced: a text by a text, a group of ticks by a list."""
    names = {name.replace("__", "-"): value for name, value in changes.items()}
    kept = [(name, value) for name, value in pairs if name not in names]
    new = [(name, one) for name, value in names.items() for one in ([value] if isinstance(value, str) else value)]
    return kept + new


def publish(author: SiteClient, approver: SiteClient, path: str, **changes: str | list[str]) -> httpx.Response:
    """One proposes, the other approves: gives the answer to the approval."""
    made = author.change(path, **{"waarom": "proef", **changes})
    assert made.status_code == 303, made.status_code
    proposal = made.headers["location"]
    assert proposal.startswith("/voorstellen/"), proposal
    return approver.press(proposal, f"{proposal}/goedkeuren")
