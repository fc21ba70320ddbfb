"""The fixed reply for when something behind the chat is down: it always says where people can be reached."""

from __future__ import annotations

from bot.chat.reply import Reply, message
from referral_db.crisis import Crisis


def safe_reply(crisis: Crisis) -> Reply:
    """Builds the reply out of the crisis constants. It needs no database, no Rasa and no network."""
    return {
        "messages": [message(crisis.safe_reply)],
        "understood": {"intent": None, "confidence": 0.0, "needs": [], "risk": None},
        "help_bar": True,
        "degraded": True,
    }
