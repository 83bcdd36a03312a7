"""Files of rules that ship in ``queries``: TOML, every number with its reason."""

import tomllib
from importlib.resources import files
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field

from graph.errors import InputError

Shipped = TypeVar("Shipped", bound=BaseModel)


class Strict(BaseModel):
    """A part of a file of rules: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Threshold(Strict):
    """A number that decides something, and why it is what it is."""

    value: float = Field(gt=0)
    why: str


def read_shipped(record: type[Shipped], name: str) -> Shipped:
    """Return what a TOML file of ``queries`` holds; raises ``InputError`` for one that does not hold together."""
    try:
        return record.model_validate(tomllib.loads((files("queries") / name).read_text("utf-8")))
    except ValueError as error:
        raise InputError(f"queries/{name} 不能用: {error}") from error
