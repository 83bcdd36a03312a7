"""The colours of the pages: named by role in two blocks of one file, and legible in both schemes."""

import math
import re
from functools import cache
from itertools import combinations

import pytest

from api.core.templating import HERE
from api.pictures.drawing import EDGE_WORDS, FILLS, INK, PLAIN_FILL
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
BOXES = ({*FILLS.values()} | {PLAIN_FILL} | {f"drawn-{state.name}" for state in State}) - {"drawn-focus"}
# The boxes of a picture: the name, the mark of the state (in any of the two fills), the border around them.
DRAWN = [
    *(("ink", box, 4.5) for box in BOXES), ("drawn-focus-ink", "drawn-focus", 4.5), ("soft", "paper", 4.5),
    *((f"drawn-{state.name}-ink", box, 4.5) for state in State for box in (f"drawn-{state.name}", "drawn-product")),
    *((f"{box}-edge", ground, 3.0) for box in BOXES for ground in ("paper", box)),
]  # fmt: skip
PAIRS = [
    *DRAWN,
    *((text, ground, 4.5) for text in TEXTS for ground in GROUNDS),
    *((state, f"{state}-ground", 4.5) for state in STATES),
    *((shape, "paper", 3.0) for shape in SHAPES),
    ("notice-ink", "notice", 4.5), ("on-blue", "blue", 4.5), ("on-blue", "blue-strong", 4.5), ("on-blue", "fill-confirmed", 4.5),
    ("ink", "blue-ground", 4.5), ("quiet", "blue-ground", 4.5), ("reported", "blue-ground", 4.5), ("link", "blue-ground", 4.5),
    ("confirmed", "strong-ground", 4.5), ("quiet", "notice", 4.5), ("bad", "notice", 4.5),
]  # fmt: skip

# How a colour is seen without one of the three cones: Machado, Oliveira, Fernandes, "A Physiologically-based Model for
# Simulation of Color Vision Deficiency" (IEEE TVCG 15, 2009), the matrices of severity 1.0, for linear RGB.
BLIND = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE = (0.95047, 1.0, 1.08883)  # D65
APART = 12.0  # of ΔE (CIE76): about five times what is just seen side by side
STATUSES = ("confirmed", "reported", "curated", "inferred", "sample")
BY_COLOUR_ALONE = [
    *combinations([f"fill-{status}" for status in STATUSES], 2),  # the parts of a bar, without words in it
    ("chart-a", "chart-b"), ("chart-a", "chart-soft"), ("fill-score", "room"), ("fill-share", "room"),
    *combinations(["drawn-missing", "drawn-weak", "drawn-strong"], 2),  # small boxes without their names; unknown is hatched
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


def linear(colour: str) -> tuple[float, ...]:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def luminance(colour: str) -> float:
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def times(matrix: tuple[tuple[float, ...], ...], vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(one * other for one, other in zip(row, vector, strict=True)) for row in matrix)


def lab(colour: tuple[float, ...]) -> tuple[float, float, float]:
    parts = [part / white for part, white in zip(times(TO_XYZ, colour), WHITE, strict=True)]
    x, y, z = (part ** (1 / 3) if part > 216 / 24389 else (24389 / 27 * part + 16) / 116 for part in parts)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def apart(one: str, other: str, kind: str = "") -> float:
    """How far two colours are seen apart (ΔE of CIE76), by somebody with a kind of colour blindness."""
    seen = [linear(one), linear(other)]
    if kind:
        seen = [tuple(min(1.0, max(0.0, part)) for part in times(BLIND[kind], colour)) for colour in seen]
    return math.dist(lab(seen[0]), lab(seen[1]))


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
    assert used | drawn() == named
    assert set(re.findall(r"--([\w-]+):", dark)) <= set(re.findall(r"--([\w-]+):", light))


def test_the_dark_never_reaches_the_printer() -> None:
    assert CSS.count("prefers-color-scheme: dark") == CSS.count("screen and (prefers-color-scheme: dark)") == 1


def test_each_state_has_a_mark_besides_its_colour() -> None:
    for state in STATES:
        assert re.search(rf"\.state-{state}[^{{}}]*::before", CSS), state


def test_a_colour_is_seen_as_the_model_has_it() -> None:
    assert apart("#000000", "#ffffff") == pytest.approx(100, abs=0.01)
    assert all(sum(row) == pytest.approx(1, abs=1e-5) for matrix in BLIND.values() for row in matrix)  # grey stays grey
    assert apart("#ff0000", "#00ff00") > 150
    assert apart("#c33030", "#6a6f20", "deuteranopia") < 0.3 * apart("#c33030", "#6a6f20")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("kind", ["", *BLIND])
def test_what_only_its_colour_tells_apart_is_told_apart_by_everybody(scheme: str, kind: str) -> None:
    known = colours(scheme)
    far = {pair: apart(known[pair[0]], known[pair[1]], kind) for pair in BY_COLOUR_ALONE}
    assert {pair: round(much, 1) for pair, much in far.items() if much < APART} == {}


def sign(kind: str, name: str) -> frozenset[str]:
    """What a mark looks like besides its colour: the sign before its word, and the line around it."""
    said = set[str]()
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", CSS):
        own = {selector.strip() for selector in selectors.split(",")}
        rules = [rule.strip() for rule in body.split(";") if rule.strip()]
        if f".{kind}-{name}::before" in own:
            said |= {f"before {rule}" for rule in rules}
        if f".{kind}-{name}" in own:
            said |= {rule for rule in rules if rule.startswith("border-style")}
    return frozenset(said)


@pytest.mark.parametrize(("kind", "names"), [("state", STATES), ("status", STATUSES)])
def test_marks_that_may_be_seen_alike_have_signs_of_their_own(kind: str, names: tuple[str, ...]) -> None:
    signs = {name: sign(kind, name) for name in names}
    assert len({*signs.values()}) == len(names), signs


def drawn() -> set[str]:
    """The roles of colours that a picture asks for."""
    states = {f"drawn-{state.name}" for state in State}
    boxes = {*FILLS.values(), PLAIN_FILL} | states
    own = {INK, "edge", "drawn-focus-ink"} | {f"{box}-edge" for box in boxes} | {f"{state}-ink" for state in states}
    script = (HERE / "static" / "picture.js").read_text("utf-8")
    return boxes | own | {f"drawn-{kind}" for kind in EDGE_WORDS} | set(re.findall(r'colour\("([\w-]+)"\)', script))
