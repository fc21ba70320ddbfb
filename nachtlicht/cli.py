"""The `nachtlicht` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from nachtlicht.settings import Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command and return its exit status: 0 done, 1 failed, 2 wrong arguments or settings."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    result: int = chosen.run(chosen, settings)
    return result


def _parser() -> argparse.ArgumentParser:
    from referral_db.commands import add_db_commands
    from referral_db.commands_search import add_search_command
    from referral_db.curation.commands import add_user_commands

    parser = argparse.ArgumentParser(prog="nachtlicht", description="Answers about relationships, and where to go.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", help="one turn through the running stack")
    ask.add_argument("text", help="what the person types, in Dutch")
    ask.add_argument("--session", help="go on with this session")
    ask.add_argument("--json", action="store_true", help="print the reply as JSON")
    ask.set_defaults(run=_ask)

    add_search_command(commands)
    add_db_commands(commands)
    add_user_commands(commands)

    subpoena = commands.add_parser("subpoena", help="all that is held about the last hour, as JSON")
    subpoena.add_argument("--hours", type=float, default=1.0, help="of files changed in the last so many hours (1)")
    subpoena.set_defaults(run=_subpoena)

    commands.add_parser("serve", help="start the four processes").set_defaults(run=_serve)
    commands.add_parser("wait", help="wait until everything answers").set_defaults(run=_wait)
    stamp = commands.add_parser("model-stamp", help="fingerprint of what goes into the Rasa model")
    stamp.set_defaults(run=_stamp)
    return parser


def _ask(chosen: argparse.Namespace, settings: Settings) -> int:
    from nachtlicht.ask import ask

    return ask(settings, chosen.text, chosen.session, chosen.json)


def _subpoena(chosen: argparse.Namespace, settings: Settings) -> int:
    from nachtlicht.subpoena import subpoena

    return subpoena(settings, chosen.hours)


def _serve(_: argparse.Namespace, settings: Settings) -> int:
    from nachtlicht.serve import serve

    return serve(settings)


def _wait(_: argparse.Namespace, settings: Settings) -> int:
    from nachtlicht.serve import wait_until_ready

    return wait_until_ready(settings)


def _stamp(_: argparse.Namespace, __: Settings) -> int:
    from nachtlicht.model_stamp import model_stamp
    from nachtlicht.serve import HOME

    print(model_stamp(HOME))
    return 0
