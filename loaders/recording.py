"""A load with its record: what it says is kept on its way into the graph, and the graph never has half of it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from uuid import uuid4

from graph.errors import LianzhangError
from graph.model import name_of
from graph.stores import Store, Tables, Writer
from graph.stores.base import StoreShelf
from loaders.editions import Due, has_editions, is_next, mark_ends
from loaders.folding import Folding, nothing
from loaders.ledger import (
    Bundles,
    LoadLedger,
    LoadRecord,
    TableSaid,
    keep_touched,
    read_ledger,
    sweep,
    with_load,
)
from loaders.replay import keep_base, mend
from loaders.report import Report, Step, silent
from loaders.rows.touched import Touched
from loaders.tables import InputTable


def recorded(
    store: Store,
    tables: list[InputTable],
    report: Report,
    about: LoadRecord,
    step: Step = silent,
    check: Callable[[], None] = nothing,
    last: Callable[[], None] = nothing,
) -> None:
    """Load tables into a store under a record; ``check`` is called before anything is written, ``last`` before the
    load is done."""
    begun = False
    try:
        with store.load() as writer:
            begun = True
            ledger = open_ledger(store, writer, step)
            said, touched = Bundles(store.shelf(), about.id), Touched()
            Folding(store, writer, report, step, check=check, said=said, touched=touched, now=about.at).run(tables)
            last()
            said.close()
            if any(table.report.read for table in tables):
                ledger = entered(ledger, about, tables, touched, store.shelf())
                graph = writer if writer.has_written() else store
                ledger, _ = ended(ledger, graph, writer, store.shelf(), report)
                writer.keep_ledger(ledger.text())
    except BaseException:
        with suppress(LianzhangError):  # the next load does it where this one cannot
            if begun:  # else another load is at work, and it is that one's
                give_up(store, about.id)
        raise


def open_ledger(store: Store, writer: Writer, step: Step = silent) -> LoadLedger:
    """Return what was loaded so far, after taking out what a load left that did not come to its end; a graph that was
    made before loads were kept is kept as it is, to be folded onto. To be called under the store's lock."""
    if store.ledger() is None:
        base = "" if store.version() == "empty" else f"base-{uuid4().hex[:8]}"
        if base:
            keep_base(store, base, step)
        store.keep_ledger(LoadLedger(base).text())
        return LoadLedger(base)
    if store.unfinished():
        step("撤去没有完成的载入", 0)
        mend(store, writer)
    sweep(store)
    return read_ledger(store)


def entered(
    ledger: LoadLedger, load: LoadRecord, tables: list[InputTable], touched: Touched, shelf: StoreShelf
) -> LoadLedger:
    """Return the ledger with a load that has been folded, as the next edition of its list where it is that."""
    load = replace(keep_touched(load, touched, shelf), tables=tuple(map(_said, tables)))
    if not has_editions(load):
        load = replace(load, list="", edition="")
    before = ledger.before(load.list, load.edition)
    if before and not load.sure and not any(is_next(each, load, shelf) for each in before):
        load, before = replace(load, list="", edition="", apart=before[-1].source), []
    return with_load(ledger, replace(load, after=before[-1].id if before else ""))


def ended(
    ledger: LoadLedger, graph: Tables, writer: Writer, shelf: StoreShelf, report: Report
) -> tuple[LoadLedger, Due]:
    """End what the last load, as an edition of its list, has no more; return the ledger with its counts, and what
    ends."""
    ledger, due = mark_ends(ledger, graph, writer, shelf)
    load, gone = ledger.loads[-1], due.of(len(ledger.standing) - 1)
    if load.apart:
        told = "没有当作它的下一期,它有而这里没有的照旧;确是下一期请加 --edition"
        report.warnings.append(f"{load.source}: 与 {load.apart} 重合的不到一半,{told}")
    report.id, report.after, report.gone = load.id, load.after, len(gone.nodes) + len(gone.edges)
    counts = {name: report.total(name) for name in ("read", "new", "changed", "same")}
    counts |= {"rejected": len(report.rejected), "gone": report.gone}
    return with_load(ledger, replace(load, counts=counts, report=report.kept())), gone


def _said(table: InputTable) -> TableSaid:
    return TableSaid(name_of(table.record), tuple(table.fields), table.listing, table.in_passing)


def give_up(store: Store, id: str) -> None:
    """Take out what a load has left that failed: what it said, and where the store has no versions what it wrote."""
    if store.unfinished():
        with store.load() as writer:
            if store.unfinished():
                mend(store, writer)
    if not any(load.id == id for load in read_ledger(store).loads):
        store.shelf().remove(f"{id}/")
        store.shelf().remove(f"{id}-touched")
