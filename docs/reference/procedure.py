"""``docs/procedure.schema.json`` and ``docs/procedure-fields.md``: the record of a procedure for those who write it.

The shape comes from :mod:`catalogue.record`, the Vietnamese words from ``procedure_fields.yml`` beside this file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from catalogue.flags import FORBIDS
from catalogue.record import Procedure
from docs.reference.tables import table

Shape = dict[str, Any]

_ID = "procedure.schema.json"
_GROUP_OF_ALL = "Procedure"


def words() -> dict[str, Any]:
    """What is said of groups and fields."""
    content: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("procedure_fields.yml").read_text("utf-8"))
    return content


def procedure_schema() -> Shape:
    """JSON Schema (2020-12) of one file, every group and field described in Vietnamese."""
    said = words()
    schema = Procedure.model_json_schema()
    for name, shape in {**schema["$defs"], _GROUP_OF_ALL: schema}.items():
        if name in said["choices"]:
            meanings = said["choices"][name]
            shape["enumDescriptions"] = [meanings[value] for value in shape["enum"]]
            shape["description"] = said["page"]["values"] + " " + _values(meanings) + "."
        else:
            group = said["groups"][name]
            shape["title"], shape["description"] = group["title"], group["about"]
            for field, field_shape in shape["properties"].items():
                field_shape.pop("title", None)
                field_shape["description"] = _meaning(name, field, said)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": _ID, **schema}


def _meaning(group: str, field: str, said: Shape) -> str:
    """What is said of a field in its group, or in one whose fields it has, too."""
    places = (group, *said["groups"][group].get("like", ()))
    found: str = next(fields[field] for place in places if field in (fields := said["groups"][place]["fields"]))
    return found


def procedure_page() -> str:
    """The same for people."""
    said = words()
    page = said["page"]
    schema = procedure_schema()
    parts = [f"# {page['title']}\n", f"{page['intro']}\n", f"{page['editor']}\n"]
    parts += ["```yaml\n# yaml-language-server: $schema=../../docs/procedure.schema.json\n```\n", f"{page['check']}\n"]
    parts += [f"*{page['made']}*\n"]
    shown = {name: group for name, group in said["groups"].items() if name in {_GROUP_OF_ALL, *schema["$defs"]}}
    for name, group in shown.items():
        shape = schema if name == _GROUP_OF_ALL else schema["$defs"][name]
        required = shape.get("required", ())
        rows = (
            (f"`{field}`", page["required"] if field in required else "", *_kind_and_meaning(field_shape, said))
            for field, field_shape in shape["properties"].items()
        )
        parts.append(f"## {group['title']} (`{name}`)\n\n{group['about']}\n\n{table(page['columns'], rows)}")
    parts.append(f"## {page['flags']}\n\n{page['flags_intro']}\n\n{table(('flags', ''), _flags(page))}")
    return "\n".join(parts)


def _flags(page: Shape) -> list[tuple[str, str]]:
    known = sorted(set().union(*FORBIDS.values()))
    return [
        (f"`{flag}`", ", ".join(page["forbids"][what] for what in FORBIDS if flag in FORBIDS[what])) for flag in known
    ]


def _kind_and_meaning(shape: Shape, said: Shape) -> tuple[str, str]:
    kind, name = _kind(shape)
    types, meaning = said["page"]["types"], shape["description"]
    if kind in {"choice", "choices"}:
        return types[kind], f"{meaning} {said['page']['values']} {_values(said['choices'][name])}."
    return types[kind] + (f" `{name}`" if name else ""), meaning


def _kind(shape: Shape) -> tuple[str, str]:
    """The kind of a field as ``procedure_fields.yml`` names it, and the group or choice it is of."""
    if "anyOf" in shape:
        return _kind(next(one for one in shape["anyOf"] if one.get("type") != "null"))
    if shape.get("type") == "array":
        kind, name = _kind(shape["items"])
        return f"{kind}s", name
    if "$ref" in shape:
        name = shape["$ref"].rpartition("/")[2]
        return ("choice" if name in words()["choices"] else "group"), name
    if shape.get("format") == "date":
        return "date", ""
    if "pattern" in shape:
        return "code", ""
    kind = str(shape["type"])
    return "line" if kind == "string" else kind, ""


def _values(meanings: dict[str, str]) -> str:
    return ", ".join(f"`{value}` {meaning}" for value, meaning in meanings.items())
