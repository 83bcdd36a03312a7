"""What a list writes onto a firm's name that is no part of it: a serial number, a footnote, a state, a former name."""

import re

from graph.names.names import normalise

_CLOSED = r"(?:[^()]|\([^()]*\))"
_serial = re.compile(
    r"^\s*(?:[①-⒛❶-❿]|[(（]?\s*\d{1,4}\s*[)）.．、](?!\d)|[(（]?[一二三四五六七八九十]{1,3}[)）、.．])\s*"
)
_footnote = re.compile(
    r"\s*(?:[*＊※★☆▲△●◆†‡¹²³⁰⁴-⁹①-⒇]+|[\[［【〔(（]\s*(?:注\s*[\d一二三四五六七八九十]{0,2}|\d{1,2})\s*[\]］】〕)）])$"
)
_state = re.compile(
    rf"\(\s*(?:已|现已|拟|正在)?(?:注销|吊销|更名|停业|歇业|倒闭|破产|清算|迁出|撤销|解散|上市){_CLOSED}{{0,12}}\)$"
)
_former = re.compile(
    rf"\s*\(\s*(?:原名称?|原称|原|曾用名称?|曾名|前身|旧称|更名前|历史名称)\s*[:为是]*\s*({_CLOSED}{{3,}})\)"
    r"|[\s,;]+(?:原名称?|曾用名称?|前身)\s*[:为是]+\s*([^()]{4,})$"
)
_brackets = str.maketrans("（）［］【】〔〕：，；", "()()()():,;")


def unmarked(name: str) -> tuple[str, list[str]]:
    """Return a name without what a list wrote onto it, normalised, and the former names that it says."""
    bare, last = name.strip(), ""
    formers: list[str] = []
    while bare != last:
        last = bare
        bare = _footnote.sub("", _serial.sub("", bare))
        said = bare.translate(_brackets)
        for found in _former.finditer(said):
            formers += [part for part in re.split(r"[、;,/]", found[1] or found[2]) if part.strip()]
        bare = _state.sub("", _former.sub("", said)) if _former.search(said) or _state.search(said) else bare
    return (normalise(bare) if bare else normalise(name)), [normalise(former) for former in formers]
