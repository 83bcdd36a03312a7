"""The colours of the pages: named by role in two blocks of one file, and legible in both schemes."""

import re
from functools import cache

import pytest

from api.core.templating import HERE
from api.pictures.drawing import FILLS, STATE_FILLS
from queries.gaps.answers import State

CSS = (HERE / "static" / "lianzhang.css").read_text("utf-8")
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\(| (?:white|black|red|gr[ae]y)\b(?!-)")
STATES = ("missing", "weak", "strong", "unknown", "suspected", "mending", "unlisted")
GROUNDS = ("paper", "ground", "sunk", "hover")
TEXTS = (
    "ink",
    "soft",
    "quiet",
    "link",
    "good",
    "bad",
    "warn",
    "confirmed",
    "reported",
    "curated",
    "inferred",
    "sample",
)
SHAPES = ("edge", "focus", "chart-a", "chart-b", "fill-score", "fill-share", "fill-confirmed", "fill-reported", "fill-curated",
          "fill-inferred", "fill-sample", *(f"{state}-edge" for state in STATES))  # fmt: skip
PAIRS = [
    *((text, ground, 4.5) for text in TEXTS for ground in GROUNDS),
    *((state, f"{state}-ground", 4.5) for state in STATES),
    *((shape, "paper", 3.0) for shape in SHAPES),
    ("notice-ink", "notice", 4.5), ("on-blue", "blue", 4.5), ("on-blue", "blue-strong", 4.5), ("on-blue", "fill-confirmed", 4.5),
    ("ink", "blue-ground", 4.5), ("quiet", "blue-ground", 4.5), ("reported", "blue-ground", 4.5), ("link", "blue-ground", 4.5),
    ("confirmed", "strong-ground", 4.5), ("quiet", "notice", 4.5), ("bad", "notice", 4.5),
]  # fmt: skip


def blocks() -> tuple[str, str, str]:
    """Return the light block, the dark one, and the rest of the file."""
    light = re.search(r":root, [^{]*\{([^}]*)\}", CSS)
    dark = re.search(r"@media screen and \(prefers-color-scheme: dark\) \{\s*:root \{([^}]*)\}\s*\}", CSS)
    assert light
    assert dark
    return light[1], dark[1], CSS.replace(light[0], "").replace(dark[0], "")


@cache
def colours(scheme: str) -> dict[str, str]:
    light, dark, _ = blocks()
    found = dict(re.findall(r"--([\w-]+): (#\w+);", light))
    return found | dict(re.findall(r"--([\w-]+): (#\w+);", dark)) if scheme == "dark" else found


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of WCAG 2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_computed_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_read_stands_out_from_its_ground(scheme: str) -> None:
    known = colours(scheme)
    low = {(one, other): round(contrast(known[one], known[other]), 2) for one, other, least in PAIRS
           if contrast(known[one], known[other]) < least}  # fmt: skip
    assert low == {}


def test_colours_stand_in_the_two_blocks_and_nowhere_else() -> None:
    light, dark, rest = blocks()
    assert COLOUR.findall(rest) == []
    named = set(re.findall(r"--([\w-]+):", CSS))
    used = set(re.findall(r"var\(--([\w-]+)\)", CSS))
    assert used == named
    assert set(re.findall(r"--([\w-]+):", dark)) <= set(re.findall(r"--([\w-]+):", light))


def test_the_dark_never_reaches_the_printer() -> None:
    assert CSS.count("prefers-color-scheme: dark") == CSS.count("screen and (prefers-color-scheme: dark)") == 1


def test_each_state_has_a_mark_besides_its_colour() -> None:
    for state in STATES:
        assert re.search(rf"\.state-{state}[^{{}}]*::before", CSS), state


def test_the_legend_has_the_colours_of_the_drawing() -> None:
    light = colours("light")
    names = {"上游": "tier-up", "中游": "tier-mid", "下游": "tier-down", "服务": "tier-service",
             "product": "drawn-product", "firm": "drawn-firm", "focus": "drawn-focus"}  # fmt: skip
    assert {kind: (light[name], light[f"{name}-edge"]) for kind, name in names.items()} == FILLS
    for state in (State.missing, State.weak, State.strong):
        assert STATE_FILLS[state][:2] == (light[f"drawn-{state.name}"], light[f"drawn-{state.name}-edge"])
