"""The commands about the file of the embedded store: is it what was written,
and going back to an earlier generation."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.core.options import FormatOption, StoreOption
from api.core.output import Format, measuring, print_json, print_rows, say
from graph.errors import StoreUnavailable

if TYPE_CHECKING:
    from graph.stores.ladybug.generations import Generation, Generations
    from graph.stores.ladybug.states import Condition

app = typer.Typer()

HEADS = {
    "number": "代", "name": "名称", "written_at": "写成", "size": "字节", "current": "现行", "state_zh": "状态",
    "problem": "问题",
}  # fmt: skip


@app.command()
def verify(store: StoreOption = None, format: FormatOption = Format.table) -> None:
    """核对嵌入式存储: 每一代图文件是否与写入时的校验和一致;有损坏时退出码为 1。

    旧版本写成的没有校验和,只试着打开,并注明。
    """
    from graph.stores import open_generations
    from graph.stores.ladybug.states import FileState, blocks_of, verify_file

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
            "ok": current is None and not damaged,
            "problem": current,
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
    if current is not None or damaged:
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
    """退回嵌入式存储的上一代数据: 先核对,再原子地换过去;不删除任何东西,之后的载入从退回的一代接着做。"""
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
    if dry_run:
        say(f"将退回到{chosen.title};去掉 --dry-run 才会改动")
    elif chosen.current:
        say(f"现行的已经是{chosen.title},没有改动")
    else:
        say(f"已退回到{chosen.title};{was}。之后的载入从这一代接着做")


def _problem(generations: "Generations") -> str | None:
    """Return why the current generation cannot be read, None where it can or where there is none yet."""
    try:
        generations.ready()
    except StoreUnavailable as error:
        return error.message
    return None


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
