"""The component that puts typing errors right."""

from pathlib import Path

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.dutch_tokenizer import PASSAGES
from bot.nlu.spelling_corrector import SpellingCorrector

SENTENCES = ["ik ben bang", "ik ben bang van hem", "zo bang"]


def test_it_reads_its_words_back_and_changes_dutch_passages_only(tmp_path: Path) -> None:
    storage, resource, context = LocalModelStorage(tmp_path), Resource("spelling"), ExecutionContext(GraphSchema({}))
    fresh = SpellingCorrector.create({}, storage, resource, context)
    assert fresh.train(TrainingData([Message({"text": text}) for text in SENTENCES])) == resource
    loaded = SpellingCorrector.load({}, storage, resource, context)
    message = Message({"text": "ik ben bnag", PASSAGES: ["ik ben bnag"]})
    loaded.process([message])
    assert (message.get("text"), message.get(PASSAGES)) == ("ik ben bnag", ["ik ben bang"])
    foreign = Message({"text": "me quiere bnag", PASSAGES: ["mi marido me quiere bnag"]})
    loaded.process([foreign])
    assert foreign.get(PASSAGES) == ["mi marido me quiere bnag"]
