"""Reasons: a code with parameters, worded by the catalogue of a room (``words.toml``) and nowhere else."""

import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Any

from pydantic_core import CoreSchema, core_schema

FEW = 5  # names in a sentence
OTHERS = "noted"  # the code of a text that people wrote


class Reason(str):
    """The text of a code with parameters, which it carries; people read the text, programs the code."""

    code: str
    params: Mapping[str, Any]

    def __new__(cls, text: str, code: str = OTHERS, params: Mapping[str, Any] | None = None) -> "Reason":
        """Return a text as said by a code; without one, as people wrote it."""
        made = super().__new__(cls, text)
        made.code, made.params = code, params or {}
        return made

    def __sizeof__(self) -> int:
        """Return its size with its parameters."""
        return super().__sizeof__() + sum(map(sys.getsizeof, (self.params, *self.params.values())))

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> CoreSchema:
        """Return how it is read and written: as its text."""
        text = core_schema.no_info_after_validator_function(cls, core_schema.str_schema())
        either = core_schema.union_schema([core_schema.is_instance_schema(cls), text])
        return core_schema.json_or_python_schema(text, either, serialization=core_schema.to_string_ser_schema())


class Names(tuple[str, ...]):
    """Names in a sentence: ``{x:tail}`` is a colon and the first five, ``{x:等
    # 家}`` the first three and how many there are."""

    def __format__(self, spec: str) -> str:
        """Return the first names, and that there are more."""
        if spec == "tail":
            return f"：{'、'.join(self[:FEW])}{' 等' if len(self) > FEW else ''}" if self else ""
        first = FEW if not spec else 3
        return "、".join(self[:first]) + (spec.replace("#", str(len(self))) if len(self) > first else "")


@dataclass(frozen=True)
class Catalogue:
    """The words of a room, by code: ``queries/<room>/words.toml``."""

    room: str

    @cached_property
    def texts(self) -> Mapping[str, str]:
        """Return the text of each code, with its parameters in braces."""
        return tomllib.loads((files("queries") / self.room / "words.toml").read_text("utf-8"))

    def __call__(self, code: str, /, **params: Any) -> Reason:
        """Return a reason; lists among its parameters are names."""
        told = {name: Names(value) if isinstance(value, (list, tuple)) else value for name, value in params.items()}
        return Reason(self.texts[code].format_map(told), code, told)
