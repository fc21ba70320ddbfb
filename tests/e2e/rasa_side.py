"""Rasa's half of a conversation without HTTP, run in Rasa's environment: a line of JSON out for a line in.

In: {"parse": text} or {"sender", "parsed"} or {"sender", "payload"}. Out: the parse result, or what the channel of
`bot/rasa_runtime` answers. In between an action is asked for with {"action": the body Rasa would post}; the next line
in is what the action server answers. Model, domain, rules, processor and stores are those of the product.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import warnings
from typing import Any

from bot.rasa_runtime import log_filter, without_tensorflow


def main() -> None:
    """Answer lines until the input ends."""
    warnings.simplefilter("ignore")
    os.environ.update(RASA_TELEMETRY_ENABLED="false", LOG_LEVEL="ERROR", NACHTLICHT_REDIS_URL="")
    os.environ.setdefault("NACHTLICHT_ACTIONS_PORT", "0")
    # What a library prints must not come between the lines.
    lines = os.fdopen(os.dup(sys.stdout.fileno()), "w", buffering=1, encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    log_filter.install()
    without_tensorflow.install()
    asyncio.run(_serve(lines))


async def _serve(lines: Any) -> None:
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints, read_endpoints_from_path
    from rasa.shared.utils.io import read_config_file
    from rasa.utils.endpoints import EndpointConfig
    from rasa.utils.log_utils import configure_structlog

    from bot.rasa_runtime import channel, turn

    def write(value: Any) -> None:
        lines.write(json.dumps(value) + "\n")

    def read() -> Any:
        line = sys.stdin.readline()
        return json.loads(line) if line else None

    async def request(_: EndpointConfig, **body: Any) -> Any:
        write({"action": body["json"]})
        return read()

    async def already_parsed(_: Any, parsed: Any) -> Any:
        return parsed

    configure_structlog(logging.ERROR)
    EndpointConfig.request = request
    endpoints: AvailableEndpoints = read_endpoints_from_path("endpoints.yml")
    agent = await load_agent(model_path="models/current.tar.gz", endpoints=endpoints)
    await channel._take_over(_App(agent), None)
    (settings,) = read_config_file("credentials.yml").values()
    parse, turn.parse = turn.parse, already_parsed
    write({"ready": True})
    while (line := read()) is not None:
        if "parse" in line:
            write(await parse(agent, line["parse"]))
            continue
        try:
            write(
                await turn.take_turn(
                    agent, line["sender"], line.get("parsed"), line.get("payload"), settings["doubt_below"]
                )
            )
        except turn.NoReply:
            write({"failed": True})


class _App:
    """What the channel's start needs of a server."""

    def __init__(self, agent: Any) -> None:
        self.ctx = self
        self.agent = agent

    def add_task(self, task: Any) -> None:
        """Leave the sweep out: these conversations are shorter than it waits."""
        task.close()


if __name__ == "__main__":
    main()
