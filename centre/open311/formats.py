"""The two forms of every answer: XML without namespaces and attributes, and JSON without a wrapper.

Both are made from the same values, so that no field comes and goes: what is unknown is an empty element, and null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree import ElementTree

Scalar = str | int | float | bool | None
Value = Scalar | Sequence["Value"] | Mapping[str, "Value"]

MEDIA: Final = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
_ITEMS: Final = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
"""What an element of a list is called."""

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Signs XML 1.0 cannot hold, not even escaped."""


def rendered(form: str, root: str, value: Value) -> bytes:
    """An answer in one of its forms.

    Args:
        form: ``xml`` or ``json``.
        root: name of the outermost element; JSON has none.
        value: the answer.
    """
    if form == "json":
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    body = ElementTree.tostring(_element(root, value), encoding="unicode", short_empty_elements=False)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{body}'.encode()


def _element(name: str, value: Value) -> ElementTree.Element:
    element = ElementTree.Element(name)
    if isinstance(value, Mapping):
        element.extend(_element(key, one) for key, one in value.items())
    elif isinstance(value, Sequence) and not isinstance(value, str):
        element.extend(_element(_ITEMS[name], one) for one in value)
    elif isinstance(value, bool):
        # As XML Schema writes it; FixMyStreet compares with "true".
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _NO_XML.sub("", str(value))
    return element
