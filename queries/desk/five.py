"""The 5个1 of a chain: which the system makes, of which there is a document, which are missing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from graph.model.nodes import FIVE_ONES
from queries.city.office import read_office
from queries.city.ties import Tied, read_tied
from queries.core.answers import weakest
from queries.core.days import holds_on
from queries.core.reason import Reason
from queries.core.view import View
from queries.desk.answers import Document, FiveOne, FiveState
from queries.desk.catalogue import say

PLATFORM = "支撑平台"
PLATFORM_ZH = {"innovation": "创新", "fund": "基金", "exhibition": "会展"}
MADE_BY = {"产业图谱": "chain", "招商名录": "targets", "项目清单": "projects"}  # the questions that make them


class Founded(NamedTuple):
    """A reason, and the status and the source of each row that it rests on."""

    reason: Reason
    proofs: Sequence[tuple[str, str]]


def read_documents(view: View, chain: str) -> list[Document]:
    """Return the 5个1 of a chain that are documents, its platforms among them."""
    today = date.fromisoformat(view.scope.day)
    return [
        _document(thing, today)
        for label in ("Deliverable", "Platform")
        for thing in read_tied(view, label, ("ON_CHAIN",))
        if any(on.id == chain for on in thing.named("ON_CHAIN"))
    ]


def _document(tied: Tied, today: date) -> Document:
    thing = tied.thing
    own = {name: thing.get(name) for name in ("id", "name", "kind", "status", "source", "place")}
    current = holds_on(today, thing.get("valid_from"), thing.get("valid_to"))
    return Document(label=thing["_label"], until=thing.get("valid_to"), current=current, **own)


def make_five(documents: Sequence[Document], made: Mapping[str, Founded], told: Mapping[str, Founded]) -> list[FiveOne]:
    """Return the five of a chain: ``made`` are those that the system makes, ``told`` what a report says of each."""
    return [
        _one(kind, [document for document in documents if _kind(document) == kind], made, told)
        for kind in FIVE_ONES.choices
    ]


def _kind(document: Document) -> str | None:
    return PLATFORM if document.label == "Platform" else document.kind


def _one(kind: str, documents: Sequence[Document], made: Mapping[str, Founded], told: Mapping[str, Founded]) -> FiveOne:
    current = [document for document in documents if document.current]
    written = any(document.label == "Deliverable" for document in current)
    lacking = _lacking(current) if kind == PLATFORM and not written else []
    whole = written or (kind == PLATFORM and not lacking)
    state = FiveState.live if kind in made else FiveState.complete if whole else FiveState.missing
    over = [document.name for document in documents if not document.current]
    founded = [*_reasons(kind, state, lacking, over, made, told)]
    proofs = [
        *((document.status, document.source) for document in documents),
        *(proof for ground in founded for proof in ground.proofs),
    ]
    return FiveOne(
        kind=kind,
        state=state,
        question=MADE_BY[kind] if state is FiveState.live else "",
        documents=list(documents),
        why=[*(ground.reason for ground in founded), *([say("five_over", names=over)] if over else [])],
        status=weakest(status for status, _ in proofs),
        sources=list(dict.fromkeys(source for _, source in proofs)),
    )


def _reasons(
    kind: str,
    state: FiveState,
    lacking: Sequence[str],
    over: Sequence[str],
    made: Mapping[str, Founded],
    told: Mapping[str, Founded],
) -> Iterator[Founded]:
    if state is FiveState.live:
        yield made[kind]
    if state is FiveState.missing:
        code = "five_no_rows" if kind in MADE_BY else "five_no_document"
        if lacking or not over:
            yield Founded(say("five_platforms", kinds="、".join(lacking)) if lacking else say(code), ())
        if kind in told:
            yield told[kind]


def _lacking(platforms: Sequence[Document]) -> list[str]:
    """Return which kinds of platforms there are none of."""
    known = read_office().platform
    kinds = " ".join(platform.kind or "" for platform in platforms)
    return [PLATFORM_ZH[code] for code, words in known.items() if not any(word in kinds for word in words)]


def read_told(view: View, chain: str) -> dict[str, Founded]:
    """Return what reports say of each of the five for a chain, where a mechanism of that name is marked as on it."""
    grounds = {}
    for mechanism in read_tied(view, "Mechanism", ("ON_CHAIN",)):
        kind = mechanism.thing["name"].rpartition("·")[2]
        if mechanism.thing.get("kind") == "5个1" and any(on.id == chain for on in mechanism.named("ON_CHAIN")):
            said = say("five_told", said=mechanism.thing.get("description") or mechanism.thing["name"])
            grounds[kind] = Founded(said, [(mechanism.thing["status"], mechanism.thing["source"])])
    return grounds
