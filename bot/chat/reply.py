"""What the bot says in one turn: the shapes of the chat API, and the reading of what Rasa's channel answers."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

SAFE_SCHEMES = ("https:", "http:", "tel:", "mailto:", "sms:")
_CARD_KEYS = {
    "id", "name", "summary", "provider_type", "why", "not_matching", "price", "open", "contacts", "place",
    "distance_km", "wait", "admission", "checked_on", "source",
}  # fmt: skip


class Button(TypedDict):
    title: str
    payload: str


class Message(TypedDict):
    text: str
    buttons: list[Button]
    cards: list[dict[str, Any]]


class Reply(TypedDict):
    """The `Reply` of the contract. `understood` has intent, confidence 0..1, needs and risk.

    Ours: `ended` stands only in the last reply of a conversation that the person asked to wipe; `learn` where the
    window may ask, this once, whether the person gives their sentence to learn from; `missed` in `understood` where
    nothing was sure enough.
    """

    messages: list[Message]
    understood: dict[str, Any]
    help_bar: bool
    degraded: bool
    ended: NotRequired[Literal[True]]
    learn: NotRequired[Literal[True]]


def message(text: str) -> Message:
    return {"text": text, "buttons": [], "cards": []}


def read_messages(data: object) -> list[Message]:
    """Reads the messages of one turn. Raises ValueError where there is nothing to show to a person."""
    messages = [_message(item) for item in _list(data) if isinstance(item, dict)]
    if not any(item["text"] or item["cards"] for item in messages):
        raise ValueError("no message")
    return [item for item in messages if any(item.values())]


def read_understood(data: object) -> dict[str, Any]:
    """Reads what was understood; what is missing or of a wrong kind becomes "nothing understood"."""
    known = data if isinstance(data, dict) else {}
    intent, risk, confidence = known.get("intent"), known.get("risk"), known.get("confidence")
    missed = {"missed": True} if known.get("missed") is True and risk is None else {}
    return missed | {
        "intent": intent if isinstance(intent, str) else None,
        "confidence": float(confidence) if isinstance(confidence, (int, float)) else 0.0,
        "needs": [need for need in _list(known.get("needs")) if isinstance(need, dict)],
        "risk": risk if isinstance(risk, str) else None,
    }


def _message(item: dict[str, Any]) -> Message:
    text = item.get("text")
    return {
        "text": text if isinstance(text, str) else "",
        "buttons": [
            {"title": button["title"], "payload": button["payload"]}
            for button in _list(item.get("buttons"))
            if isinstance(button, dict)
            and isinstance(button.get("title"), str)
            and isinstance(button.get("payload"), str)
        ],
        "cards": [
            _card(card) for card in _list(item.get("cards")) if isinstance(card, dict) and set(card) >= _CARD_KEYS
        ],
    }


def _card(card: dict[str, Any]) -> dict[str, Any]:
    """Keeps a card's links to schemes that cannot run code: the records come from many hands."""
    contacts = [
        contact
        for contact in _list(card["contacts"])
        if isinstance(contact, dict) and str(contact.get("href", "")).lower().startswith(SAFE_SCHEMES)
    ]
    source = card["source"] if str(card["source"]).lower().startswith(("https:", "http:")) else ""
    return {**card, "contacts": contacts, "source": source}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
