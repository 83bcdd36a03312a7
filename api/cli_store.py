"""The commands about the file of the embedded store: is it what was written,
and going back to an earlier generation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.core.options import FormatOption, StoreOption, reach
from api.core.output import Format, measuring, print_json, print_rows, progress, say
from api.core.people import LOCAL
from graph.errors import StoreUnavailable

if TYPE_CHECKING:
    from graph.stores import Store
    from graph.stores.ladybug.generations import Generation, Generations
    from graph.stores.ladybug.states import Condition

app = typer.Typer()

HEADS = {
    "number": "代", "name": "名称", "written_at": "写成", "size": "字节", "current": "现行", "state_zh": "状态",
    "problem": "问题",
}  # fmt: skip


@app.command()
def verify(store: StoreOption = None, format: FormatOption = Format.table) -> None:
    """核对存储: 每一代图文件是否与写入时的校验和一致,操作记录是否一条接一条;有损坏时退出码为 1。

    旧版本写成的没有校验和,只试着打开,并注明。Neo4j 只核对操作记录,图由它自己的工具核对。
    """
    from graph.stores import is_server, open_generations
    from graph.stores.ladybug.states import FileState, blocks_of, verify_file

    chain = _chain(store)
    if is_server(store):
        if format is Format.json:
            print_json({"ok": not chain, "journal": chain})
        raise typer.Exit(1 if chain else 0)
    generations = open_generations(store)
    current = _problem(generations)
    with measuring("核对", sum(map(blocks_of, generations.finished()))) as tell:

        def look(path: Path) -> "Condition":
            return verify_file(path, tell)

        known = generations.listed(look)
    if not known and current is None:
        raise StoreUnavailable(f"图还是空的: {generations.path} 没有数据可核对,请先运行 lianzhang load seeds")
    damaged = [generation for generation in known if generation.verdict.state is FileState.damaged]
    if format is Format.json:
        said: dict[str, Any] = {
            "path": str(generations.path),
            "ok": current is None and not damaged and not chain,
            "problem": current,
            "journal": chain,
        }
        print_json(said | {"generations": [_row(generation) for generation in known]})
    else:
        _print(known, format)
    for generation in damaged:
        say(f"损坏: {generation.path}: {generation.verdict.problem}")
    for generation in known:
        if generation.verdict.state is FileState.unchecked:
            say(f"没有校验和: {generation.path}: 由旧版本写成,能打开,内容无从核对;下一次有改动的载入会写上")
    if current is not None:
        say(current)
    elif damaged and not any(generation.current for generation in damaged):
        say("现行的一代完好;损坏的旧代不影响查询,会在之后的载入时清走")
    if current is not None or damaged or chain:
        raise typer.Exit(1)
    say(f"{len(known)} 代都没有发现损坏")


@app.command()
def rollback(
    to: Annotated[
        str | None, typer.Option("--to", metavar="GENERATION", help="退回到这一代(代数或名称);缺省为上一个完好的一代")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出各代并说明会退回到哪一代,不改动")] = False,
    store: StoreOption = None,
    format: FormatOption = Format.table,
) -> None:
    """退回嵌入式存储的上一代数据: 先核对,再原子地换过去;不删除任何东西,之后的载入从退回的一代接着做。

    人在那一代之后写的改动不丢: 退回之后照原来的样子重新写上,并说明几处;写不上的逐条说明。
    """
    from graph.stores import open_generations

    generations = open_generations(store)
    if format is not Format.json:
        _print(generations.listed(), format)
    known, chosen = generations.rollback(to, dry_run)
    before = next((generation for generation in known if generation.current), None)
    if format is Format.json:
        said = {"from": None if before is None else before.path.stem, "to": chosen.path.stem, "done": not dry_run}
        print_json(said | {"generations": [_row(generation) for generation in known]})
    was = "原来的一代不可用" if before is None else f"原来是{before.title},文件仍在"
    if not dry_run and not (before and before.number == chosen.number):
        _make_again(store, chosen)
    if dry_run:
        say(f"将退回到{chosen.title};去掉 --dry-run 才会改动")
    elif chosen.current:
        say(f"现行的已经是{chosen.title},没有改动")
    else:
        say(f"已退回到{chosen.title};{was}。之后的载入从这一代接着做")


def _chain(store: str | None) -> list[str]:
    """Return where the journal's chain is broken, after saying it."""
    from graph.journal import broken

    reached = reach(store)
    journal = reached.journal()
    faults = [*broken(journal.entries(), journal.head()), *_unwritten(reached)]
    for fault in faults:
        say(f"操作记录断开: {fault};记录被改过或缺了,请用备份核对")
    if not faults:
        say(f"操作记录 {journal.head().number:,} 条,一条接一条,没有断开")
    return faults


def _unwritten(store: "Store") -> list[str]:
    """Return what the journal lacks; of a graph that cannot be read nothing can be said, and others say why."""
    from loaders.history import unwritten

    try:
        return unwritten(store)
    except StoreUnavailable:
        return []


@app.command("backup")
def make_backup(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="写到这个文件,如 链长-2026-11-30.zip")],
    store: StoreOption = None,
) -> None:
    """备份: 整个图、人写的改动和操作记录,写成一个文件;服务照常可读,写的人等一会儿。两种存储之间可以互相恢复。"""
    from loaders.backup import back_up

    with progress() as step:
        made = back_up(reach(store), path, step)
    say(f"已备份到 {path}: {made.nodes:,} 个节点、{made.edges:,} 条关系,版本 {made.version}")


@app.command("restore")
def take_backup(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="backup 写成的文件")],
    replace: Annotated[bool, typer.Option("--replace", help="存储里已有图时,整个换掉它")] = False,
    store: StoreOption = None,
) -> None:
    """从备份恢复: 先核对整个文件,再写;存储里已经有图的,须加 --replace。"""
    from loaders.backup import restore

    with progress() as step:
        made, taken = restore(reach(store), path, LOCAL.name, replace, step)
    say(f"已恢复: {made.nodes:,} 个节点、{made.edges:,} 条关系,备份做于 {made.made_at}")
    if not taken:
        say("这里已有自己的操作记录,备份里的没有并进来;恢复这件事记了一条")


def _problem(generations: "Generations") -> str | None:
    """Return why the current generation cannot be read, None where it can or where there is none yet."""
    try:
        generations.ready()
    except StoreUnavailable as error:
        return error.message
    return None


def _make_again(store: str | None, chosen: "Generation") -> None:
    """Write down that the graph went back, and write again what people had written since."""
    from graph.journal import JournalEntry
    from loaders.history import redo

    reached = reach(store)
    reached.journal().append(JournalEntry("退回", LOCAL.name, told=chosen.title, version=chosen.path.stem))
    done, failed = redo(reached, chosen.number)
    if done:
        say(f"这一代之后人写的 {done} 处改动已重新写上")
    for told in failed:
        say(f"没有重新写上: {told}")


def _row(generation: "Generation") -> dict[str, Any]:
    from graph.stores.ladybug.states import STATE_ZH

    state = {
        "state": generation.verdict.state,
        "state_zh": STATE_ZH[generation.verdict.state],
        "problem": generation.verdict.problem,
    }
    file = {
        "name": generation.path.stem,
        "path": str(generation.path),
        "written_at": generation.written_at,
        "size": generation.size,
    }
    return {"number": generation.number, **file, "current": generation.current, **state}


def _print(known: "list[Generation]", format: Format) -> None:
    told = [
        {"current": "现行" if generation.current else "", "number": generation.number or "(单独的文件)"}
        for generation in known
    ]
    print_rows([_row(generation) | words for generation, words in zip(known, told, strict=True)], format, HEADS)
