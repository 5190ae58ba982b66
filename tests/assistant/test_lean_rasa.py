"""Rasa runs without TensorFlow, and what needs it is refused by name."""

from __future__ import annotations

import subprocess
import sys
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


def test_what_only_importing_needs_is_left_out_of_a_core_and_there_for_parts_from_outside() -> None:
    code = """
import sys
from assistant.lean_rasa import leave_out_for_serving, left_out_while_importing
from assistant.lean_rasa.placeholder import WHILE_IMPORTING
leave_out_for_serving()
with left_out_while_importing():
    import assistant.agent, assistant.server
print(sorted(WHILE_IMPORTING & sys.modules.keys()))
import requests, dask, scipy.sparse.linalg
from scipy.sparse import csgraph, csr_matrix
parts, _ = csgraph.connected_components(csr_matrix([[0]]))
print(requests.Session().headers["Connection"], dask.get({"x": 1}, "x"), parts)
"""
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "keep-alive 1 1"]
