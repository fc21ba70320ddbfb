"""config.yml as Rasa reads it before it trains: a component in the wrong place is found here, not after minutes."""

from __future__ import annotations

import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.validation import validate
from rasa.shared.data import TrainingType

from tests.services import HOME


def test_every_component_finds_what_it_needs_in_training_and_in_reading() -> None:
    config = yaml.safe_load((HOME / "config.yml").read_text("utf-8"))
    graph = DefaultV1Recipe().graph_config_for_recipe(config, {}, training_type=TrainingType.BOTH)
    validate(graph)
    nodes = " ".join(graph.predict_schema.nodes)
    assert all(step["name"].rsplit(".", 1)[1] in nodes for step in config["pipeline"])
