"""Serves the chat: `python -m bot.chat`."""

from __future__ import annotations

import os

import uvicorn

from bot.chat.app import create_app
from nachtlicht.settings import Settings


def main() -> None:
    settings = Settings.from_environment(os.environ)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
