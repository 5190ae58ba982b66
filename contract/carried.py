"""A model on its way through Rasa, which passes plain data on: JSON that remembers what it was made of.

Inside the process the same object comes out at the other end and nothing is validated again. What comes out of a
store, or from an action server apart, is plain data and is validated there.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel

AnyModel = TypeVar("AnyModel", bound=BaseModel)


class Carried(dict[str, Any]):
    """The JSON data of a model; equal to a plain dictionary with the same content, and copied like one."""

    model: BaseModel | None = None
    """Frozen, so that it stays what the data say; None in a copy."""

    @classmethod
    def of(cls, model: BaseModel) -> Carried:
        """The data of a frozen model."""
        carried = cls(model.model_dump(mode="json"))
        carried.model = model
        return carried


def read_carried(data: dict[str, Any], kind: type[AnyModel]) -> AnyModel:
    """The model in data: the very one that was put in, or a new one where the data have been through a store.

    Raises:
        pydantic.ValidationError: the data are no such model.
    """
    if isinstance(data, Carried) and isinstance(data.model, kind):
        return data.model
    return kind.model_validate(data)
