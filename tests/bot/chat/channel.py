"""A stand-in for the Rasa channel and the actions' health, in process. Only for tests."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CARD: dict[str, Any] = {
    "id": "tele-onthaal",
    "name": "Tele-Onthaal",
    "summary": "Een vrijwilliger luistert naar je verhaal, waar het ook over gaat.",
    "provider_type": "hulplijn (vrijwilligers)",
    "why": ["Gratis", "Nu bereikbaar", "Werkt in heel Vlaanderen"],
    "not_matching": ["Geen gesprek ter plaatse"],
    "price": {"kind": "gratis", "min": 0, "max": 0, "text": "Gratis", "own_share": None},
    "open": {"state": "open", "text": "dag en nacht open"},
    "contacts": [
        {"channel": "telefoon", "value": "106", "href": "tel:106", "trace": "Staat niet op je telefoonrekening."},
        {"channel": "chat", "value": "tele-onthaal.be", "href": "https://www.tele-onthaal.be", "trace": None},
    ],
    "place": "Vlaanderen en Brussel",
    "distance_km": None,
    "wait": None,
    "admission": None,
    "checked_on": "2026-11-22",
    "source": "https://www.tele-onthaal.be",
}
SECOND_CARD: dict[str, Any] = {
    **CARD,
    "id": "caw",
    "name": "CAW Oost-Vlaanderen, onthaal",
    "summary": "Een hulpverlener denkt met je mee over je relatie, alleen of samen.",
    "provider_type": "CAW",
    "why": ["Past bij je vraag", "In je buurt"],
    "not_matching": ["Nu gesloten"],
    "price": {"kind": "inkomensgerelateerd", "min": 0, "max": 11, "text": "Gratis of volgens inkomen", "own_share": 11},
    "open": {"state": "closed", "text": "open vanaf 9 uur"},
    "contacts": [
        {"channel": "mail", "value": "via het formulier", "href": "https://www.caw.be", "trace": None},
        {"channel": "website", "value": "caw.be", "href": "https://www.caw.be", "trace": None},
    ],
    "place": "Gent",
    "distance_km": 2.4,
    "wait": {"text": "ongeveer drie weken", "observed_on": "2026-11-01"},
    "admission": "Voorrang voor wie het moeilijk heeft.",
}


def said(text: str, buttons: list[tuple[str, str]] | None = None, cards: list[dict[str, Any]] | None = None) -> Any:
    return {
        "text": text,
        "buttons": [{"title": title, "payload": payload} for title, payload in buttons or []],
        "cards": cards or [],
    }


class FakeChannel:
    """Answers as the channel is agreed to. Tests read `turns` and `forgotten`, and set `down`, `delay` and `next`."""

    def __init__(self) -> None:
        self.turns: list[dict[str, Any]] = []
        self.forgotten: list[str] = []
        self.reports: list[Any] = []
        self.given: list[Any] = []
        self.running = 0
        self.most_running = 0
        self.delay = 0.0
        self.hangs = 0.0
        """Seconds that forgetting takes."""
        self.down = False
        self.actions_down = False
        self.dutch = "trained"
        self.next: Any = None
        """A whole answer (or an exception to raise) for the next turns instead of the usual one."""
        self.app = Starlette(
            routes=[
                Route("/", self._alive),
                Route("/health", self._health),
                Route("/turn", self._turn, methods=["POST"]),
                Route("/forget", self._forget, methods=["POST"]),
                Route("/reports", self._report, methods=["POST"]),  # the actions, on their own port
                Route("/given", self._give, methods=["POST"]),
            ]
        )

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app, raise_app_exceptions=False))

    async def _alive(self, request: Request) -> Response:
        return Response(status_code=503 if self.down else 200)

    async def _health(self, request: Request) -> Response:
        if request.url.port == 5005:  # Rasa; the actions have the same path on their own port
            return JSONResponse({"status": "ok", "dutch": self.dutch}, 503 if self.down else 200)
        return Response(status_code=503 if self.actions_down else 200)

    async def _turn(self, request: Request) -> Response:
        if self.down:
            return Response("kapot", 500)
        body = await request.json()
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            await asyncio.sleep(self.delay)
        finally:
            self.running -= 1
        self.turns.append(body)
        if self.next is not None:
            return self.next if isinstance(self.next, Response) else JSONResponse(self.next)
        return JSONResponse(self._usual(body))

    def _usual(self, body: dict[str, Any]) -> dict[str, Any]:
        understood: dict[str, Any] = {"intent": "ontrouw", "confidence": 0.9, "needs": [], "risk": None}
        reply = {"messages": [], "understood": understood, "help_bar": False, "ended": False}
        said_now = body.get("payload") or body.get("text")
        if said_now == "/groet":
            buttons = [("Veel ruzie", "/conflict"), ("Uit elkaar gegroeid", "/uit_elkaar_gegroeid")]
            buttons += [("Iets anders", "/weet_niet"), ("Praat met een mens", "/vraag_mens")]
            text = "Hallo, ik ben een chatbot, geen mens. Je bent hier anoniem. Waar wil je het over hebben?"
            return {**reply, "messages": [said(text, buttons)]}
        if said_now == "wis alles":
            return {**reply, "messages": [said("Alles is gewist.")], "ended": True}
        if "geslagen" in said_now:
            text = (
                "Ik geloof je. Dit is niet jouw schuld. Bij 1712 denkt een hulpverlener met je mee. Ben je nu veilig?"
            )
            answer = said(text, [("Ja", "/bevestig"), ("Nee", "/ontken"), ("Weet niet", "/weet_niet")])
            understood = {**understood, "intent": "partnergeweld", "risk": "partnergeweld"}
            return {**reply, "messages": [answer], "understood": understood, "help_bar": True}
        if "brabbel" in said_now:
            understood = {**understood, "confidence": 0.1, "missed": True}
            return {**reply, "messages": [said("Dat begrijp ik nog niet goed.")], "understood": understood}
        if "waar" in said_now:
            text = "Deze mensen kunnen met je meedenken."
            buttons = [("Meer tonen", "/meer_resultaten"), ("Andere streek", "/andere_regio")]
            return {**reply, "messages": [said(text, buttons, [CARD, SECOND_CARD])]}
        text = "Dat klinkt zwaar. Bij veel koppels loopt het soms vast. Zal ik tonen waar je terechtkan?"
        return {
            **reply,
            "messages": [said(text, [("Ja, waar kan ik terecht", "/zoek_hulp"), ("Liever niet", "/ontken")])],
        }

    async def _report(self, request: Request) -> Response:
        if self.actions_down:
            return Response(status_code=503)
        self.reports.append(await request.json())
        return Response(status_code=204)

    async def _give(self, request: Request) -> Response:
        if self.actions_down:
            return Response(status_code=503)
        self.given.append(await request.json())
        return Response(status_code=204)

    async def _forget(self, request: Request) -> Response:
        if self.down:
            return Response("kapot", 500)
        await asyncio.sleep(self.hangs)
        self.forgotten.append((await request.json())["sender"])
        return Response(status_code=204)
