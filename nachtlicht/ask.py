"""One turn through the running stack, from the command line."""

from __future__ import annotations

import json
import sys

import httpx

from nachtlicht.settings import Settings


def ask(settings: Settings, text: str, session: str | None, as_json: bool) -> int:
    """Print the reply to `text`; 1 with a clear sentence when the chat does not answer or refuses."""
    base = f"http://127.0.0.1:{settings.port}/api/v1"
    try:
        with httpx.Client(timeout=10) as client:
            if session is None:
                started = client.post(f"{base}/sessions", json={"tenant": "demo"})
                started.raise_for_status()
                session = started.json()["session"]
            answer = client.post(f"{base}/messages", json={"session": session, "text": text})
    except httpx.HTTPError:
        print(f"Nothing answers on {base}. Start it first: make run", file=sys.stderr)
        return 1
    body = answer.json()
    if answer.status_code != 200:
        print(body.get("title", f"HTTP {answer.status_code}"), file=sys.stderr)
        return 1
    if as_json:
        print(json.dumps({**body, "session": session}, ensure_ascii=False))
        return 0
    for message in body["messages"]:
        print(_as_text(message))
    print(f"(session {session})", file=sys.stderr)
    return 0


def _as_text(message: dict[str, object]) -> str:
    lines = [str(message["text"])] if message["text"] else []
    for card in message["cards"]:  # type: ignore[attr-defined]
        contacts = ", ".join(contact["value"] for contact in card["contacts"])
        lines.append(f"  • {card['name']} ({card['price']['text']}; {card['open']['text']}): {contacts}")
    lines += [f"  [{button['title']}]" for button in message["buttons"]]  # type: ignore[attr-defined]
    return "\n".join(lines)
