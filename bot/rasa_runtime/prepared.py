"""Four things that Rasa 3.6.21 works out anew in every turn are worked out once.

Two of them took more than half of a turn with an action: docs/decisions/0008-prepared-once.md has the figures.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses


def prepare() -> None:
    """Prepare this process; to be called once Rasa has imported its own events. Calling it again changes nothing."""
    _prepare_result_schema()
    _prepare_event_types()
    _prepare_order()
    _prepare_empty_domain()


def _prepare_result_schema() -> None:
    """What the action server answers is still held against Rasa's schema; the schema itself is checked only here."""
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def validate(_: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate


def _prepare_event_types() -> None:
    """The classes of events by name; one that came later, or an unknown one, is still looked up Rasa's way."""
    types: dict[str, type[Event]] = {}
    for event in all_subclasses(Event):
        # Of two with one name Rasa takes the first.
        types.setdefault(event.type_name, event)
    look_up = Event.resolve_by_type

    def resolve(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
        return types.get(type_name) or look_up(type_name, default)

    Event.resolve_by_type = staticmethod(resolve)


def _prepare_order() -> None:
    """The order of the components, for each set of targets. Rasa asks dask for it, and writes the message into a line
    of its log before it looks whether anybody reads that line."""

    def run(
        self: DaskGraphRunner, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        wanted = tuple(targets or self._graph_schema.target_names)
        orders: dict[tuple[str, ...], list[tuple[str, list[str]]]] = self.__dict__.setdefault("_orders", {})
        if wanted not in orders:
            orders[wanted] = _order(self._graph_schema.minimal_graph_schema(list(wanted)))
        done = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, needs in orders[wanted]:
            # What nobody gave goes in as its name: so Rasa's components know that it is missing.
            done[name] = self._instantiated_nodes[name](*(done.get(need, need) for need in needs))
        return dict(done[name] for name in wanted)

    DaskGraphRunner.run = run


def _order(schema: GraphSchema) -> list[tuple[str, list[str]]]:
    """Each component after what it needs, with the names of what it needs."""
    needs = {name: list(node.needs.values()) for name, node in schema.nodes.items()}
    return [(name, needs[name]) for name in TopologicalSorter(needs).static_order() if name in needs]


def _prepare_empty_domain() -> None:
    """After each message Rasa holds our domain against one that it makes out of nothing."""
    nothing = Domain.empty().as_dict()
    Domain.is_empty = lambda self: self.as_dict() == nothing
