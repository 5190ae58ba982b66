"""Rasa runs without TensorFlow, and what needs it is refused by name."""

from __future__ import annotations

from pathlib import Path

from assistant.lean_rasa import LeftOut, needs_tensorflow

import pytest
import yaml
from rasa.engine.recipes.default_components import DEFAULT_COMPONENTS

from assistant.model import CONFIG, PipelineRefused, refuse_tensorflow

NEEDING = {
    "DIETClassifier",
    "ResponseSelector",
    "TEDPolicy",
    "UnexpecTEDIntentPolicy",
    "ConveRTFeaturizer",
    "LanguageModelFeaturizer",
}


def registered() -> dict[str, type]:
    """Every component Rasa brings."""
    return {kind.__name__: kind for kind in DEFAULT_COMPONENTS}


@pytest.mark.parametrize("name", ["DIETClassifier", "ResponseSelector", "TEDPolicy", "UnexpecTEDIntentPolicy"])
def test_components_that_compute_with_tensorflow_are_known(name: str) -> None:
    assert needs_tensorflow(registered()[name])


@pytest.mark.parametrize(
    "name",
    [
        "WhitespaceTokenizer",
        "CountVectorsFeaturizer",
        "LogisticRegressionClassifier",
        "RulePolicy",
        "RegexFeaturizer",
    ],
)
def test_components_that_do_not_are_left_alone(name: str) -> None:
    assert not needs_tensorflow(registered()[name])


def test_no_other_component_of_rasa_needs_it() -> None:
    assert {name for name, kind in registered().items() if needs_tensorflow(kind)} <= NEEDING


def test_our_own_pipeline_is_accepted() -> None:
    refuse_tensorflow(CONFIG)


@pytest.mark.parametrize(
    ("section", "name"),
    [("pipeline", "DIETClassifier"), ("pipeline", "ResponseSelector"), ("policies", "TEDPolicy")],
)
def test_a_pipeline_that_needs_tensorflow_is_refused_by_name(tmp_path: Path, section: str, name: str) -> None:
    config = tmp_path / "config.yml"
    config.write_text(yaml.safe_dump({"recipe": "default.v1", section: [{"name": name}]}))
    with pytest.raises(PipelineRefused, match=name):
        refuse_tensorflow(config)


def test_using_a_placeholder_names_the_component_that_did() -> None:
    import tensorflow

    class Learner:
        def learn(self) -> object:
            return tensorflow.keras.layers.Dense(4)

    Learner.__module__ = "rasa.nlu.learner"
    with pytest.raises(LeftOut, match=r"Learner needs TensorFlow"):
        Learner().learn()


def test_vendor_errors_can_be_caught() -> None:
    from botocore.exceptions import ClientError

    assert issubclass(ClientError, Exception)
