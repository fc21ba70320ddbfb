"""Errors that a person may read: RFC 9457 problem documents with a Dutch title."""

from __future__ import annotations

import json
import math

from starlette.responses import Response

_NUMBERS = "Bij gevaar: bel 112. Praten: 106. Gedachten aan zelfmoord: 1813. Geweld: 1712."


class ProblemError(Exception):
    """A request that cannot be answered as asked. Holds no word of what was sent.

    `code` is stable and made for programs, `title` is Dutch and made for people, `retry_after` is in seconds.
    """

    def __init__(self, status: int, code: str, title: str, retry_after: float | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.title = title
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        return {} if self.retry_after is None else {"retry-after": str(max(1, math.ceil(self.retry_after)))}

    def response(self) -> Response:
        """Gives the problem as `application/problem+json`."""
        document = {"type": f"urn:nachtlicht:{self.code}", "title": self.title, "status": self.status}
        return Response(
            json.dumps(document, ensure_ascii=False), self.status, self.headers, media_type="application/problem+json"
        )


def bad_request(title: str = "Dat bericht kunnen we niet lezen. Probeer het nog eens.") -> ProblemError:
    return ProblemError(400, "bad-request", title)


def wrong_media_type() -> ProblemError:
    return ProblemError(415, "media-type", "Stuur het bericht als JSON (Content-Type: application/json).")


def too_long() -> ProblemError:
    return ProblemError(
        413, "too-long", "Je bericht is te lang. Maak het korter dan 1000 tekens, of stuur het in stukken."
    )


def session_gone() -> ProblemError:
    return ProblemError(
        410, "session-gone", "Dit gesprek is afgelopen en alles is gewist. Je kan altijd opnieuw beginnen."
    )


class AlreadySentError(ProblemError):
    """A form that was posted before (Back, a double press). `turns` is where the conversation is now."""

    def __init__(self, turns: int) -> None:
        super().__init__(409, "already-sent", "Dit was al verstuurd. Je kan hieronder gewoon verdergaan.")
        self.turns = turns


def payload_not_offered() -> ProblemError:
    return ProblemError(
        422, "payload-not-offered", "Die knop hoort niet bij dit gesprek. Typ gewoon wat je wil zeggen."
    )


def card_not_shown() -> ProblemError:
    return ProblemError(422, "card-not-shown", "Die kaart hoort niet bij dit gesprek.")


def too_many_reports(retry_after: float | None = None) -> ProblemError:
    return ProblemError(
        429, "too-many", "Je hebt al veel gemeld. Bedankt. Mail de dienst zelf als er nog iets fout staat.", retry_after
    )


def not_reported() -> ProblemError:
    return ProblemError(503, "not-reported", "Melden lukt nu niet. Probeer het straks nog eens.", 30)


def not_asked() -> ProblemError:
    return ProblemError(422, "not-asked", "Die zin bewaren we niet.")


def not_kept() -> ProblemError:
    return ProblemError(503, "not-kept", "Bewaren lukt nu niet. Er is niets bewaard.", 30)


def too_many_turns(retry_after: float) -> ProblemError:
    return ProblemError(429, "too-many", "Dat gaat iets te snel. Wacht even en probeer het dan opnieuw.", retry_after)


def too_many_sessions(retry_after: float) -> ProblemError:
    return ProblemError(
        429, "too-many", "Er zijn net veel gesprekken gestart vanaf dit netwerk. Wacht even.", retry_after
    )


def unknown_tenant() -> ProblemError:
    return ProblemError(
        422, "unknown-tenant", "Deze website is niet gekend. Vraag het na bij de beheerder van de site."
    )


def foreign_origin() -> ProblemError:
    return ProblemError(403, "foreign-origin", "Deze website mag het gesprek niet tonen. Ga naar de pagina /gesprek.")


def not_forgotten() -> ProblemError:
    return ProblemError(
        503,
        "not-forgotten",
        "Wissen lukt nu nog niet helemaal. Probeer het over een halve minuut opnieuw; "
        "na 30 minuten wordt alles sowieso gewist.",
        30,
    )


def failed() -> ProblemError:
    return ProblemError(500, "failed", f"Er ging iets mis aan onze kant. {_NUMBERS}")


def store_down() -> ProblemError:
    return ProblemError(503, "unavailable", f"Een gesprek beginnen lukt nu niet. {_NUMBERS}", 30)
