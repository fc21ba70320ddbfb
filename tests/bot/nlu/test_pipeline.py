"""The contract that all components share, on a small pipeline trained for the purpose."""

import logging

import pytest
from rasa.shared.nlu.training_data.message import Message

import bot.nlu.sentence_encoder
from bot.nlu.code_scorer import scores_of
from bot.nlu.codes import RISKS
from tests.bot.nlu.contract import EXAMPLES, MESSAGES, PIPELINE, everything, read, train_pipeline

RULES = """risk: partnergeweld
rules:
- id: slaat_mij
  pattern: '\\bslaat mij\\b'
  unless: 'nooit'
  reason: "Hitting, said in so many words."
  example: "hij slaat mij"
"""


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    rules = tmp_path_factory.mktemp("rules")
    (rules / "partnergeweld.yml").write_text(RULES, "utf-8")
    return train_pipeline(tmp_path_factory.mktemp("model"), rules)


@pytest.fixture(scope="module")
def components(steps):
    return [step.load() for step in steps]


@pytest.mark.parametrize("text", MESSAGES, ids=lambda text: text[:20])
def test_two_loads_of_one_model_read_the_same(steps, components, text) -> None:
    again = [step.load() for step in steps]
    assert everything(read(components, text)) == everything(read(again, text))


@pytest.mark.parametrize("text", MESSAGES, ids=lambda text: text[:20])
def test_the_parse_result_has_every_key_of_the_contract(components, text) -> None:
    result = read(components, text).as_dict(only_output_properties=True)
    assert result["intent"]["name"] in EXAMPLES
    assert 0 <= result["intent"]["confidence"] <= 1
    assert set(result["risk"]) == {"code", "confidence", "by", "near"}
    assert "signs" not in result  # Rasa leaves out what is None
    assert 0 <= result["risk"]["confidence"] <= 1
    assert all(set(need) == {"code", "confidence"} for need in result["needs"])
    assert all(entry["name"] not in RISKS for entry in result["intent_ranking"][bool(result["risk"]["code"]) :])


@pytest.mark.parametrize(("intent", "text"), [(intent, texts[0]) for intent, texts in EXAMPLES.items()])
def test_an_example_gets_its_own_intent(components, intent, text) -> None:
    assert read(components, text).get("intent")["name"] == intent


def test_a_risk_is_the_intent_and_says_what_saw_it(components) -> None:
    risk = read(components, "mijn man slaat mij").get("risk")
    assert (risk["code"], risk["by"]) == ("partnergeweld", "both")


def test_a_rule_does_not_fire_on_what_it_excuses(components) -> None:
    assert read(components, "hij drinkt wel maar hij slaat mij nooit").get("risk")["by"] != "rule"


def test_danger_in_the_last_of_ten_sentences_is_found(components) -> None:
    story = "We wonen hier graag. " * 9 + "Hij slaat mij."
    assert read(components, story).get("risk")["code"] == "partnergeweld"


def test_where_the_tuned_encoder_cannot_be_used_the_other_one_is_trained(tmp_path, monkeypatch, caplog) -> None:
    def missing(_tuned):
        raise OSError("no engine")

    rules = tmp_path / "rules"
    rules.mkdir()
    monkeypatch.setattr(bot.nlu.sentence_encoder, "E5Encoder", missing)
    with caplog.at_level(logging.WARNING):
        steps = train_pipeline(tmp_path, rules)
    assert "The tuned e5 cannot be used (no engine)" in caplog.text
    # The model keeps to its encoder, also on a machine that has both.
    monkeypatch.undo()
    components = [step.load() for step in steps]
    assert read(components, "hallo").get("passage_vectors").shape == (1, 512)
    assert read(components, "mijn man slaat mij").get("intent")["name"] == "partnergeweld"


@pytest.mark.parametrize(
    ("name", "config", "problem"),
    [
        ("TextNgrams", {"shortest": 6}, "`shortest` and `longest`"),
        ("TextNgrams", {"words": 0}, "`words`"),
        ("CodeScorer", {"meaning": -1}, "`meaning`"),
        ("CodeScorer", {"ridge": 0}, "`ridge`"),
        ("NeedClassifier", {"ceiling": 1.5}, "`ceiling`"),
        ("NeedClassifier", {"sharpness": -3}, "`sharpness`"),
        ("RiskDetector", {"threshold": 0}, "`threshold`"),
        ("RiskDetector", {"story": 1}, "`story`"),
    ],
)
def test_a_wrong_setting_is_named_with_its_component(name, config, problem) -> None:
    kind = next(kind for kind in PIPELINE if kind.__name__ == name)
    with pytest.raises(ValueError, match=f"{name}: {problem}"):
        kind.validate_config({**kind.get_default_config(), **config})


def test_every_component_accepts_its_own_defaults() -> None:
    for kind in PIPELINE:
        getattr(kind, "validate_config", dict)(kind.get_default_config())


def test_a_pipeline_in_the_wrong_order_says_so() -> None:
    with pytest.raises(RuntimeError, match="CodeScorer must stand before"):
        scores_of(Message({"text": "hallo"}))
