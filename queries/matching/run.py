"""A run of the matcher over files: offers and needs in, a ranking for every
need out, and every row that could not be used told."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.outputs import check_folder, check_writable, writing
from queries.matching.derived import derive
from queries.matching.embedding import Embedder, likeness_of
from queries.matching.grams import plain
from queries.matching.index import Tell, build, load, save
from queries.matching.offers import (
    KNOWN_FORM,
    NEED_FORM,
    OFFER_FORM,
    RELATION_FORM,
    Need,
    Rows,
    read_known,
    read_needs,
    read_offers,
    read_relations,
)
from queries.matching.ranker import rank

STEP = 25  # needs between two words on how far it is


@dataclass(frozen=True)
class MatchRun:
    """What a run did: how many suppliers and needs, how many needs without an
    answer, and the rows that could not be used."""

    suppliers: int
    needs: int
    unanswered: int
    bad: list[str]


def match_files(
    offers: Path,
    needs: Path,
    out: Path,
    *,
    relations: Path | None = None,
    known: Path | None = None,
    most: int = 100,
    index: Path | None = None,
    tell: Tell = lambda _text, _rows: None,
    embedder: Embedder | None = None,
) -> MatchRun:
    """Rank the suppliers of every need.

    ``known``: needs with the suppliers that are known to have met them; what it says of a need itself does not count
    for that need. ``index``: the folder in which the index is kept, so that only what changed is counted again.
    """
    check_writable(out)
    if index:
        check_folder(index)
    supply, demand = Rows(offers, OFFER_FORM), Rows(needs, NEED_FORM)
    stored = load(index) if index else None
    offer_index = build(read_offers(supply), stored, tell)
    if index and offer_index is not stored:
        save(offer_index, index)
    wanted = list(read_needs(demand))
    pairs = Rows(relations, RELATION_FORM) if relations else None
    related = relate(wanted, read_relations(pairs)) if pairs else {}
    history = Rows(known, KNOWN_FORM) if known else None
    met = read_known(history) if history else {}
    often = Counter(supplier for suppliers in met.values() for supplier in suppliers)
    derived = derive(offer_index, tell)
    beside = likeness_of(embedder, offer_index, index or out.parent) if embedder else None
    unanswered = 0
    with writing(out) as fresh, fresh.open("w", encoding="utf-8") as file:
        for number, need in enumerate(wanted):
            others = often - Counter(met.get(need.id, ()))
            answer = rank(derived, need, most, related=related.get(plain(need.text)), likeness=beside, known=others)
            unanswered += not answer.ranked
            ranked = [
                {key: value for key, value in asdict(suggestion).items() if value is not None}
                for suggestion in answer.ranked
            ]
            file.write(
                json.dumps({"need": need.id, "ranked": ranked, "remarks": answer.remarks}, ensure_ascii=False) + "\n"
            )
            if number % STEP == 0:
                tell(f"匹配需求，共 {len(wanted):,} 项", number)
    bad = [line for rows in (supply, demand, pairs, history) if rows for line in rows.bad]
    return MatchRun(len(offer_index), len(wanted), unanswered, bad)


def relate(needs: Iterable[Need], relations: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """Return for each need (plain) the products that stand in a relation to it, with the relation in words."""
    wanted = {plain(need.text) for need in needs}
    relations_of: dict[str, dict[str, str]] = defaultdict(dict)
    for start, relation, end in relations:
        plain_start, plain_end = plain(start), plain(end)
        if plain_start in wanted and plain_start != plain_end:
            relations_of[plain_start][plain_end] = f"与它有关系：{start} 的{relation}是 {end}"
        if plain_end in wanted and plain_start != plain_end:
            relations_of[plain_end][plain_start] = f"与它有关系：{start} 的{relation}是 {end}"
    return relations_of
