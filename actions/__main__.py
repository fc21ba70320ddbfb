"""Serves the actions on the loopback address: `python -m actions`."""

from __future__ import annotations

import logging
import os
import warnings

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor
from sqlalchemy.exc import SQLAlchemyError

from actions.base import resources
from actions.counting import add_counting
from actions.given import add_given
from actions.reports import add_reports
from nachtlicht.clock import now
from nachtlicht.settings import Settings
from referral_db.search import Query, search


def main() -> None:
    """Register every action of this package and serve them until stopped."""
    settings = Settings.from_environment(os.environ)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    # The SDK prints the body of a request that fails, and compares its version with Rasa's on every call.
    logging.getLogger("rasa_sdk").setLevel(logging.CRITICAL)
    warnings.filterwarnings("ignore", module="rasa_sdk")
    executor = ActionExecutor()
    executor.register_package("actions")
    _warm_up()
    app = create_app(executor, cors_origins=[])
    add_reports(app)
    add_given(app)
    add_counting(app)
    app.run(host="127.0.0.1", port=settings.actions_port, single_process=True, access_log=False, motd=False)


def _warm_up() -> None:
    """Search once before the first person does: the first search of a process takes half a second."""
    have = resources()
    try:
        with have.sessions() as session:
            search(session, have.geography, Query(needs=(), place=None, at=now(have.settings)))
    except SQLAlchemyError as error:
        # The database may come up later; until then each action says so by itself.
        logging.getLogger("actions").warning("no database at start: %s", type(error).__name__)


if __name__ == "__main__":
    main()
