"""What is prepared once says the same as what Rasa works out every time."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.utils.common import all_subclasses

from bot.rasa_runtime.prepared import prepare

GOOD: list[dict[str, Any]] = [
    {},
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "need", "value": "ontrouw"}], "responses": [{"text": "hallo"}]},
    {"events": [{"event": "action_execution_rejected", "name": "action_answer"}]},
]
BAD: list[Any] = [
    [],
    {"events": "none"},
    {"events": [{"event": "slot"}]},
    {"events": [{"event": "nothing of the kind"}]},
    {"responses": [1]},
]


@pytest.fixture
def asked() -> Iterator[tuple[RemoteAction, Any]]:
    """An action with the prepared validator, and Rasa's own; afterwards Rasa is as it was."""
    own, look_up = RemoteAction._validate_action_result, Event.resolve_by_type
    prepare()
    yield RemoteAction("action_answer", None), own
    RemoteAction._validate_action_result = own
    Event.resolve_by_type = staticmethod(look_up)


@pytest.mark.parametrize("result", GOOD)
def test_a_good_result_passes(asked: tuple[RemoteAction, Any], result: Any) -> None:
    action, own = asked
    assert action._validate_action_result(result) is own(action, result) is True


@pytest.mark.parametrize("result", BAD)
def test_a_bad_result_is_refused(asked: tuple[RemoteAction, Any], result: Any) -> None:
    action, own = asked
    for validate in (action._validate_action_result, lambda value: own(action, value)):
        with pytest.raises(ValidationError):
            validate(result)


def test_every_event_is_found_as_before(asked: tuple[RemoteAction, Any]) -> None:
    assert Event.resolve_by_type("slot") is SlotSet
    assert Event.resolve_by_type("topic") is None
    assert Event.resolve_by_type("nothing of the kind", UserUttered) is UserUttered
    with pytest.raises(ValueError, match="Unknown event"):
        Event.resolve_by_type("nothing of the kind")
    for kind in all_subclasses(Event):
        assert Event.resolve_by_type(kind.type_name).type_name == kind.type_name
