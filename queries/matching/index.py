"""The index of what suppliers offer: counts that belong to a supplier alone, so
that only what changed is counted again.

Everything that depends on all suppliers (how rare a gram is, latent factors) is
derived from the counts in ``derived.py``.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import scipy.sparse as sp

from graph.errors import InputError
from graph.names.names import split_name
from graph.outputs import writing
from queries.matching.grams import Keys, count, gram_keys, plain
from queries.matching.offers import Offer

FORMAT = 1
BATCH = 20_000  # suppliers that are counted at a time
_level = re.compile("[ⅠⅡⅢⅣ]+$")  # how deep in its classification an industry stands
Tell = Callable[[str, int], None]
# what a broken .npz raises
DAMAGED = (
    OSError,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
    BadZipFile,
    NotImplementedError,
)
MATRICES = ("held", "product_grams", "name_grams", "industry_grams")


@dataclass(frozen=True)
class OfferIndex:
    """Suppliers in order of their ids, with ``marks`` of what each said; matrices are CSR.

    ``held``: suppliers × products, how much each counts; ``product_grams``, ``name_grams``, ``industry_grams``:
    counts of ``vocabulary`` (sorted keys of grams) in each product, supplier's name and supplier's industries.
    """

    suppliers: list[str]
    names: list[str]
    industries: list[tuple[str, ...]]
    marks: Keys
    products: list[str]
    vocabulary: Keys
    held: sp.csr_matrix
    product_grams: sp.csr_matrix
    name_grams: sp.csr_matrix
    industry_grams: sp.csr_matrix

    def __len__(self) -> int:
        return len(self.suppliers)


def build(
    offers: Iterable[Offer], known: OfferIndex | None = None, tell: Tell = lambda _text, _rows: None
) -> OfferIndex:
    """Return the index of some offers; what ``known`` holds of a supplier that says the same is taken over."""
    places = {supplier: place for place, supplier in enumerate(known.suppliers)} if known else {}
    unchanged: list[int] = []
    parts: list[OfferIndex] = []
    fresh: list[Offer] = []
    read = 0
    for offer in offers:
        read += 1
        place = places.get(offer.supplier)
        if known is not None and place is not None and int(known.marks[place]) == _signed(offer.mark):
            unchanged.append(place)
        else:
            fresh.append(offer)
        if len(fresh) == BATCH:
            parts.append(_count(fresh))
            fresh = []
        if read % 1000 == 0:
            tell("建立供给索引", read)
    if fresh:
        parts.append(_count(fresh))
    if known is not None and len(unchanged) == len(known) and not parts:
        return known
    if known is not None and unchanged:
        parts.append(_select(known, np.sort(np.array(unchanged, dtype=np.int64))))
    if not parts:
        raise InputError("没有一条可用的供给，无从匹配")
    tell("合并供给索引", read)
    return _join(parts)


def _signed(mark: int) -> int:
    return mark - (1 << 64) if mark >= 1 << 63 else mark


def _count(offers: list[Offer]) -> OfferIndex:
    """Return the index of a batch of offers, in the order that they came in."""
    texts = [[plain(name) for name, _ in offer.products] for offer in offers]
    products = sorted({text for row in texts for text in row if text})
    place = {text: number for number, text in enumerate(products)}
    names = [plain(offer.name).removesuffix(split_name(plain(offer.name)).form) for offer in offers]
    industries = ["\n".join(plain(_level.sub("", trade)) for trade in offer.industry) for offer in offers]
    vocabulary = np.unique(np.concatenate([gram_keys(part)[0] for part in (products, names, industries)]))
    held: dict[tuple[int, int], float] = {}
    for row, (offer, words) in enumerate(zip(offers, texts, strict=True)):
        for text, (_, weight) in zip(words, offer.products, strict=True):
            if text:
                held[row, place[text]] = max(held.get((row, place[text]), 0.0), weight)
    ends = np.array(list(held), dtype=np.int64).reshape(-1, 2)
    weights = np.maximum(np.array(list(held.values()), dtype=np.float32), 1e-3)
    return OfferIndex(
        suppliers=[offer.supplier for offer in offers],
        names=[offer.name for offer in offers],
        industries=[offer.industry for offer in offers],
        marks=np.array([_signed(offer.mark) for offer in offers], dtype=np.int64),
        products=products,
        vocabulary=vocabulary,
        held=sp.csr_matrix((weights, (ends[:, 0], ends[:, 1])), (len(offers), len(products))),
        product_grams=count(products, vocabulary),
        name_grams=count(names, vocabulary),
        industry_grams=count(industries, vocabulary),
    )


def _select(index: OfferIndex, rows: Keys) -> OfferIndex:
    """Return some suppliers of an index, with the products and grams that they still use."""
    held = index.held[rows]
    used = np.unique(held.indices)
    cut = replace(
        index,
        suppliers=[index.suppliers[row] for row in rows],
        names=[index.names[row] for row in rows],
        industries=[index.industries[row] for row in rows],
        marks=index.marks[rows],
        products=[index.products[product] for product in used],
        held=held[:, used],
        product_grams=index.product_grams[used],
        name_grams=index.name_grams[rows],
        industry_grams=index.industry_grams[rows],
    )
    grams = np.unique(np.concatenate([getattr(cut, name).indices for name in MATRICES[1:]]))
    return replace(
        cut, vocabulary=index.vocabulary[grams], **{name: getattr(cut, name)[:, grams] for name in MATRICES[1:]}
    )


def _join(parts: list[OfferIndex]) -> OfferIndex:
    """Return several indexes as one, suppliers, products and grams in their own order."""
    suppliers = [supplier for part in parts for supplier in part.suppliers]
    order = np.array(sorted(range(len(suppliers)), key=suppliers.__getitem__), dtype=np.int64)
    names = [name for part in parts for name in part.names]
    industries = [industry for part in parts for industry in part.industries]
    products = sorted({product for part in parts for product in part.products})
    place = {product: number for number, product in enumerate(products)}
    vocabulary = np.unique(np.concatenate([part.vocabulary for part in parts]))
    placed = [np.array([place[product] for product in part.products], dtype=np.int64) for part in parts]
    grams = {
        name: [_spread(getattr(part, name), part.vocabulary, vocabulary) for part in parts] for name in MATRICES[1:]
    }
    every, first = np.unique(np.concatenate(placed), return_index=True)
    assert len(every) == len(products)
    return OfferIndex(
        suppliers=[suppliers[row] for row in order],
        names=[names[row] for row in order],
        industries=[industries[row] for row in order],
        marks=np.concatenate([part.marks for part in parts])[order],
        products=products,
        vocabulary=vocabulary,
        held=sp.vstack([_widen(part.held, to, len(products)) for part, to in zip(parts, placed, strict=True)]).tocsr()[
            order
        ],
        product_grams=sp.vstack(grams["product_grams"]).tocsr()[first],
        name_grams=sp.vstack(grams["name_grams"]).tocsr()[order],
        industry_grams=sp.vstack(grams["industry_grams"]).tocsr()[order],
    )


def _spread(matrix: sp.csr_matrix, old: Keys, new: Keys) -> sp.csr_matrix:
    return _widen(matrix, np.searchsorted(new, old), len(new))


def _widen(matrix: sp.csr_matrix, to: Keys, width: int) -> sp.csr_matrix:
    """Return a matrix with its columns at other places; ``to`` grows, so that rows stay sorted."""
    return sp.csr_matrix((matrix.data, to[matrix.indices], matrix.indptr), (matrix.shape[0], width))


def save(index: OfferIndex, folder: Path) -> None:
    """Write an index into a folder."""
    texts = {
        "format": FORMAT,
        "suppliers": index.suppliers,
        "names": index.names,
        "industries": index.industries,
        "products": index.products,
    }
    arrays: dict[str, Any] = {"marks": index.marks, "vocabulary": index.vocabulary}
    for name in MATRICES:
        matrix = getattr(index, name)
        arrays |= {f"{name}.data": matrix.data, f"{name}.indices": matrix.indices, f"{name}.indptr": matrix.indptr}
    arrays["texts"] = np.frombuffer(json.dumps(texts, ensure_ascii=False).encode("utf-8", "surrogatepass"), np.uint8)
    write_arrays(folder / "offers.npz", arrays)


def write_arrays(path: Path, arrays: dict[str, Any]) -> None:
    """Write arrays as one file; a reader finds the old one or the new one, never half of one."""
    with writing(path) as fresh, fresh.open("wb") as file:
        np.savez(file, **arrays)


def load(folder: Path) -> OfferIndex | None:
    """Return the index that a folder holds; none where there is none, or one of
    another version or damaged: it is built anew."""
    path = folder / "offers.npz"
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            texts = json.loads(file["texts"].tobytes())
            if texts.pop("format") != FORMAT:
                return None
            rows, products, grams = len(texts["suppliers"]), len(texts["products"]), len(file["vocabulary"])
            shapes = dict.fromkeys(MATRICES, (rows, grams)) | {
                "held": (rows, products),
                "product_grams": (products, grams),
            }
            matrices = {
                name: sp.csr_matrix(tuple(file[f"{name}.{part}"] for part in ("data", "indices", "indptr")), shape)
                for name, shape in shapes.items()
            }
            texts["industries"] = [tuple(text) for text in texts["industries"]]
            return OfferIndex(**texts, marks=file["marks"], vocabulary=file["vocabulary"], **matrices)
    except DAMAGED:
        return None
