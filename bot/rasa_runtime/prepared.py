"""Two things that Rasa 3.6.21 works out anew in every turn are worked out once.

Together they took more than half of a turn with an action: docs/decisions/0008-prepared-once.md has the figures.
"""

from __future__ import annotations

from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event
from rasa.shared.utils.common import all_subclasses


def prepare() -> None:
    """Prepare this process; to be called once Rasa has imported its own events. Calling it again changes nothing."""
    _prepare_result_schema()
    _prepare_event_types()


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
