"""Manifests, compose file and image say what the program understands, and fit together."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from runtime.secret_files import names_of_files
from runtime.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
CONTAINER = ROOT / "deploy" / "container"
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields} | names_of_files(PREFIX, Settings.model_fields)


VALIDATORS = ROOT / ".tools" / "validators" / "bin"


def run(program: str, *given: str | Path) -> subprocess.CompletedProcess[str]:
    """One of the programs `make validators` installs."""
    found = shutil.which(program, path=f"{VALIDATORS}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{program} is missing: make validators")
    return subprocess.run([found, *map(str, given)], capture_output=True, text=True, timeout=60, check=False)


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def manifests() -> dict[str, Any]:
    """By kind; each kind stands once."""
    found = [read(KUBERNETES / name) for name in read(KUBERNETES / "kustomization.yaml")["resources"]]
    kinds = [one["kind"] for one in found]
    assert len(kinds) == len(set(kinds))
    return dict(zip(kinds, found, strict=True))


def test_every_manifest_is_used() -> None:
    listed = set(read(KUBERNETES / "kustomization.yaml")["resources"]) | {"kustomization.yaml"}
    assert listed == {path.name for path in KUBERNETES.iterdir()}


def test_every_setting_is_one(manifests: dict[str, Any]) -> None:
    assert manifests["ConfigMap"]["data"].keys() <= KNOWN
    assert read(CONTAINER / "compose.yaml")["services"]["motcua"]["environment"].keys() <= KNOWN
    image = (CONTAINER / "Containerfile").read_text(encoding="utf-8")
    assert set(re.findall(r"MOTCUA_\w+(?==)", image)) <= KNOWN


def test_selectors_find_the_pods(manifests: dict[str, Any]) -> None:
    labels = manifests["Deployment"]["spec"]["template"]["metadata"]["labels"].items()
    for selector in (
        manifests["Deployment"]["spec"]["selector"]["matchLabels"],
        manifests["Service"]["spec"]["selector"],
        manifests["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
        manifests["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels


def test_ports_probes_and_scaling_name_what_is_there(manifests: dict[str, Any]) -> None:
    deployment = manifests["Deployment"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    assert {port["name"]: port["containerPort"] for port in container["ports"]} == {"http": 8080}
    paths = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("startup", "readiness", "liveness")}
    # A pod whose database is away must not be killed for it.
    assert paths == {"startup": "/readyz", "readiness": "/readyz", "liveness": "/healthz"}
    scaler = manifests["HorizontalPodAutoscaler"]["spec"]
    assert scaler["scaleTargetRef"]["name"] == deployment["metadata"]["name"]
    assert manifests["PodDisruptionBudget"]["spec"]["minAvailable"] < scaler["minReplicas"]


def test_files_of_secrets_are_where_they_are_mounted(manifests: dict[str, Any]) -> None:
    (container,) = manifests["Deployment"]["spec"]["template"]["spec"]["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    files = {value for name, value in manifests["ConfigMap"]["data"].items() if name.endswith("_FILE")}
    assert all(file.startswith(mounts["secrets"] + "/") for file in files)
    compose = read(CONTAINER / "compose.yaml")
    for service in compose["services"].values():
        assert set(service.get("secrets", ())) <= compose["secrets"].keys()
    given = compose["services"]["motcua"]
    named = {value for name, value in given["environment"].items() if name.endswith("_FILE")}
    assert named == {f"/run/secrets/{name}" for name in given["secrets"]}


def test_the_pod_may_do_little(manifests: dict[str, Any]) -> None:
    pod = manifests["Deployment"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    user = re.search(r"^USER (\d+)$", (CONTAINER / "Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert user is not None
    assert int(user[1]) == pod["securityContext"]["runAsUser"]


def manifests_of_kubernetes() -> list[Path]:
    return sorted(path for path in KUBERNETES.glob("*.yaml") if path.name != "kustomization.yaml")


@pytest.mark.parametrize("path", manifests_of_kubernetes(), ids=lambda path: path.stem)
def test_kubernetes_own_schema_accepts_each_manifest_strictly(path: Path) -> None:
    done = run("kubernetes-validate", "--strict", path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passed" in done.stdout + done.stderr


def test_the_validator_finds_a_key_kubernetes_does_not_know(tmp_path: Path) -> None:
    wrong = tmp_path / "service.yaml"
    text = (KUBERNETES / "service.yaml").read_text(encoding="utf-8")
    wrong.write_text(text.replace("selector:", "selectors:"), encoding="utf-8")
    assert run("kubernetes-validate", "--strict", wrong).returncode != 0


def test_compose_reads_its_file() -> None:
    done = run("docker-compose", "-f", CONTAINER / "compose.yaml", "config", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_hadolint_has_nothing_to_say_of_the_image() -> None:
    done = run("hadolint", "--no-color", CONTAINER / "Containerfile")
    assert (done.returncode, done.stdout) == (0, "")
