"""The bill of materials (SBOM) of a release in CycloneDX 1.6, made from the lock file: ``make sbom``.

What the lock names is what a server and a kiosk install; names, versions and hashes come from there. Licences and who
needs whom come from the packages as they are installed here. The same tree makes the same bytes: the serial number is
derived from the lock, the moment is that of the commit (``SOURCE_DATE_EPOCH``).
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Collection, Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseAcknowledgement
from cyclonedx.model.lifecycle import LifecyclePhase, PredefinedLifecycle
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement

from deploy.supply_chain.locked import LOCK, ROOT, Locked, locked, normalised
from runtime.version import version

_LONGEST_LICENCE = 80
"""Some packages put the whole text into the field."""


def bill(packages: Iterable[Locked], project: Mapping[str, Any], number: str, moment: dt.datetime) -> Bom:
    """The bill of one release.

    Args:
        packages: what the lock pins.
        project: the content of ``pyproject.toml``.
        number: the release's version.
        moment: when the tree was last changed, with its zone.
    """
    licences = LicenseFactory()
    packages = tuple(packages)
    program = Component(
        name="motcua",
        version=number,
        type=ComponentType.APPLICATION,
        bom_ref=f"motcua@{number}",
        licenses=[licences.make_from_string(project["project"]["license"])],
    )
    components = {package.name: _component(package, licences) for package in packages}
    said = "".join(f"{package.name}=={package.version}:{sorted(package.hashes)}" for package in packages)
    bom = Bom(
        serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"motcua {number} {said}"),
        components=components.values(),
        metadata=BomMetaData(
            component=program,
            timestamp=moment,
            lifecycles=[PredefinedLifecycle(phase=LifecyclePhase.PRE_BUILD)],
        ),
    )
    needs = _needs(project, components)
    bom.register_dependency(program, [components[name] for name in needs["motcua"]])
    for name, component in components.items():
        bom.register_dependency(component, [components[needed] for needed in needs[name]])
    return bom


def as_json(bom: Bom) -> str:
    """The bill as CycloneDX 1.6 in JSON."""
    return str(JsonV1Dot6(bom).output_as_string(indent=2)) + "\n"


def _component(package: Locked, licences: LicenseFactory) -> Component:
    address = PackageURL("pypi", name=package.name, version=package.version)
    licence = _licence(package.name)
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        bom_ref=str(address),
        purl=address,
        licenses=[licences.make_from_string(licence, license_acknowledgement=LicenseAcknowledgement.DECLARED)]
        if licence
        else [],
        # Any one of these may be installed, so they are no hashes of the component itself.
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(str(address)),
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in package.hashes],
            )
        ],
    )


def _licence(name: str) -> str | None:
    """What the installed package declares, briefly; None where it is not installed or declares none."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return None
    classified = [
        line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License :: ")
    ]
    declared = next(iter(told.get_all("License-Expression") or told.get_all("License") or [""])).strip()
    if not declared or len(declared) > _LONGEST_LICENCE or "\n" in declared:
        declared = " AND ".join(classified)
    return declared or None


def _requirements(name: str) -> list[str]:
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def _needs(project: Mapping[str, Any], known: Collection[str]) -> dict[str, list[str]]:
    """Which of the known packages each needs: what it declares, and the extras somebody asks it for."""
    declared = {entry["name"]: entry["requires-dist"] for entry in project["tool"]["uv"]["dependency-metadata"]}
    declared["motcua"] = project["project"]["dependencies"]
    lines = {name: list(map(Requirement, declared.get(name) or _requirements(name))) for name in ("motcua", *known)}
    extras: dict[str, set[str]] = {name: {""} for name in lines}
    needs: dict[str, list[str]] = {}
    asked = -1
    while sum(map(len, extras.values())) != asked:
        asked = sum(map(len, extras.values()))
        for name, requirements in lines.items():
            here = [line for line in requirements if _holds(line, extras[name]) and normalised(line.name) in known]
            needs[name] = sorted({normalised(line.name) for line in here})
            for line in here:
                extras[normalised(line.name)] |= line.extras
    return needs


def _holds(line: Requirement, extras: Iterable[str]) -> bool:
    # The lock is for every Python 3.11, the first included.
    return line.marker is None or any(
        line.marker.evaluate({"extra": extra, "python_full_version": "3.11.0"}) for extra in extras
    )


def moment_of_tree(root: Path = ROOT) -> dt.datetime:
    """When the tree was last committed, or the moment ``SOURCE_DATE_EPOCH`` gives."""
    seconds = (
        os.environ.get("SOURCE_DATE_EPOCH")
        or subprocess.run(
            ["git", "log", "-1", "--format=%ct"], cwd=root, capture_output=True, text=True, check=True
        ).stdout
    )
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)


def main() -> None:
    """Write the bill."""
    parser = argparse.ArgumentParser(description="Write the bill of materials in CycloneDX 1.6 (JSON).")
    parser.add_argument("target", type=Path, help="the file to write")
    target: Path = parser.parse_args().target
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    try:
        packages = locked(LOCK.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sys.exit(f"{LOCK.name}: {error}; run make lock")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(as_json(bill(packages, project, version(), moment_of_tree())), encoding="utf-8")
    print(f"{target}: {len(packages)} packages")


if __name__ == "__main__":
    main()
