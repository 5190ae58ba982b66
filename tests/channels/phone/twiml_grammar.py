"""What the provider's own helper library knows of TwiML: which verb may stand where, with which attributes."""

from __future__ import annotations

import inspect
from xml.etree import ElementTree

from twilio.twiml import voice_response

LARGEST = 64 * 1024


def check_twiml(document: bytes) -> ElementTree.Element:
    """Parse TwiML and compare every element with the library's signatures; AssertionError when one does not fit."""
    assert len(document) <= LARGEST
    root = ElementTree.fromstring(document)
    assert root.tag == "Response"
    _check(root, voice_response.VoiceResponse)
    return root


def _check(element: ElementTree.Element, known: type) -> None:
    for child in element:
        method = getattr(known, _method_name(child.tag), None)
        assert method is not None, f"<{child.tag}> may not stand in <{element.tag}>"
        allowed = {_attribute(name) for name in inspect.signature(method).parameters}
        assert set(child.attrib) <= allowed, f"<{child.tag}> has no {set(child.attrib) - allowed}"
        _check(child, getattr(voice_response, child.tag, type(None)))


def _method_name(tag: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in tag).lstrip("_")


def _attribute(name: str) -> str:
    first, *rest = name.strip("_").split("_")
    return first + "".join(part.capitalize() for part in rest)
