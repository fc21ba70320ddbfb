"""What is prepared once says the same as what Rasa works out every time."""

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
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


@pytest.fixture(autouse=True)
def _rasa_as_it_was() -> Iterator[None]:
    """Whatever a test prepares, the next one finds Rasa's own."""
    with pytest.MonkeyPatch.context() as kept:
        kept.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
        kept.setattr(Event, "resolve_by_type", staticmethod(Event.resolve_by_type))
        kept.setattr(DaskGraphRunner, "run", DaskGraphRunner.run)
        kept.setattr(Domain, "is_empty", Domain.is_empty)
        yield


@pytest.fixture
def asked() -> tuple[RemoteAction, Any]:
    """An action with the prepared validator, and Rasa's own."""
    own = RemoteAction._validate_action_result
    prepare()
    return RemoteAction("action_answer", None), own


class Part(GraphComponent):
    """Adds what it is given, or breaks."""

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any, **__: Any) -> "Part":
        part = cls()
        part.own = config["own"]
        return part

    def add(self, first: Any, second: Any = "") -> Any:
        if first == "break":
            raise RuntimeError("broken")
        return first + second + self.own


def a_graph() -> DaskGraphRunner:
    """Two parts behind one another, a third that nobody asks for, and a text from outside."""

    def part(needs: dict[str, str], own: str) -> SchemaNode:
        return SchemaNode(needs, Part, "create", "add", {"own": own}, is_target=own == "b")

    schema = GraphSchema(
        {
            "last": part({"first": "begin", "second": "given"}, "b"),
            "begin": part({"first": "given"}, "a"),
            "unasked": part({"first": "given"}, "c"),
        }
    )
    return DaskGraphRunner.create(schema, None, ExecutionContext(schema))


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


@pytest.mark.parametrize("targets", [None, ["last"], ["begin"], ["last", "begin"], ["unasked"]])
@pytest.mark.parametrize("inputs", [{"given": "x"}, {"given": "other"}])
def test_components_run_as_rasa_runs_them(inputs: dict[str, Any], targets: list[str] | None) -> None:
    graph, own = a_graph(), DaskGraphRunner.run
    expected = own(graph, inputs, targets)
    prepare()
    assert DaskGraphRunner.run is not own
    assert graph.run(inputs, targets) == expected
    assert graph.run(inputs, targets) == expected, "in the order that is kept"


@pytest.mark.parametrize(
    ("inputs", "error"),
    [
        pytest.param({"given": "break"}, GraphComponentException, id="a component breaks"),
        pytest.param({}, GraphRunError, id="an input is missing"),
    ],
)
def test_what_goes_wrong_is_told_as_before(inputs: dict[str, Any], error: type[Exception]) -> None:
    for prepared in (lambda: None, prepare):
        prepared()
        with pytest.raises(error):
            a_graph().run(inputs)


def test_a_domain_is_empty_as_before() -> None:
    domains = [Domain.empty(), Domain.from_yaml("intents: [dank]"), Domain.load("domain.yml")]
    own = Domain.is_empty
    assert [domain.is_empty() for domain in domains] == [True, False, False]
    prepare()
    assert Domain.is_empty is not own
    assert [domain.is_empty() for domain in domains] == [True, False, False]
