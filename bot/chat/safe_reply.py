"""The fixed reply for when something behind the chat is down: it always says where people can be reached."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.emergency import CrisisLine
from bot.chat.reply import Reply, message

APOLOGY = (
    "Sorry, ik kan nu even niet goed antwoorden. Dat ligt niet aan jou. "
    "Ik ben een chatbot en kan niet voor jou bellen. Probeer het straks gerust opnieuw."
)


def safe_reply(lines: Sequence[CrisisLine]) -> Reply:
    """Builds the reply out of the crisis constants. It needs no database, no Rasa and no network."""
    numbers = "\n".join(f"{line.number}: {line.what_for} ({line.hours_text})" for line in lines)
    return {
        "messages": [message(APOLOGY), message(f"Deze mensen kan je bellen:\n{numbers}")],
        "understood": {"intent": None, "confidence": 0.0, "needs": [], "risk": None},
        "help_bar": True,
        "degraded": True,
    }
