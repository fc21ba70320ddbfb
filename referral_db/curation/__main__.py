"""Serves the maintainers' application: `python -m referral_db.curation`."""

from __future__ import annotations

import os

import uvicorn

from nachtlicht.settings import Settings
from referral_db.curation.app import create_app


def main() -> None:
    settings = Settings.from_environment(os.environ)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.curation_port,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
