"""Serves the chat: `python -m bot.chat`."""

from __future__ import annotations

import os
import sys

import uvicorn

from bot.chat.app import create_app
from nachtlicht.settings import Settings


def main() -> None:
    try:
        settings = Settings.from_environment(os.environ)
        app = create_app(settings)
    except ValueError as error:
        sys.exit(f"chat: {error}")
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        loop="asyncio",  # uvloop reads into one buffer of 256 kB, where the end of a long message stays
        ws="none",  # there are none, and uvicorn would log the address of who tries
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
