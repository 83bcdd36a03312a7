"""The commands about loads: which there were, and how one is taken back."""

from typing import Annotated

import typer

from api.core.options import FormatOption, StoreOption, reach
from api.core.output import Format, print_json, print_rows, progress, say

app = typer.Typer()
HEADS = {
    "id": "编号", "at": "时间", "by": "谁", "files": "文件", "source": "来源", "edition": "期", "read": "读入",
    "new": "新增", "changed": "更新", "same": "相同", "rejected": "拒收", "gone": "结束",
    "state": "现在", "why_not": "为何不能撤回",
}  # fmt: skip


@app.command("loads")
def show(store: StoreOption = None, format: FormatOption = Format.table) -> None:
    """载入过的: 谁、何时、哪些文件、几行,还有效没有。编号用于 lianzhang unload。"""
    from dataclasses import asdict

    from api.load.tables import state_of
    from loaders.loads import read_loads

    records = read_loads(reach(store))
    if format is Format.json:
        print_json([asdict(record) for record in records])
        return
    rows = [
        {**asdict(record), **record.counts, "files": "、".join(record.files), "state": state_of(record)}
        for record in records
    ]
    print_rows(rows, format, HEADS)


@app.command("unload")
def take_back_load(
    load: Annotated[str, typer.Argument(metavar="ID", help="载入的编号,见 lianzhang loads")],
    by: Annotated[str, typer.Option("--by", help="谁撤回的")] = "本机用户",
    why: Annotated[str, typer.Option("--why", help="为什么")] = "",
    store: StoreOption = None,
    format: FormatOption = Format.table,
) -> None:
    """撤回一次载入: 图回到没有载入它的样子;别的载入也说到的、人写过的都留着。

    后来又载入了同一名单的下一期的,先撤回后来的;撤回过的不能再撤。
    """
    from dataclasses import asdict

    from loaders.loads import take_back

    with progress() as step:
        done = take_back(reach(store), load, by, why, step)
    if format is Format.json:
        print_json(asdict(done))
        return
    difference = done.difference
    kinds = dict.fromkeys((*difference.gone, *difference.changed, *difference.new))
    counts = {"gone": difference.gone, "changed": difference.changed, "new": difference.new}
    rows = [{"kind": kind, **{name: of.get(kind, 0) for name, of in counts.items()}} for kind in kinds]
    print_rows(rows, format, {"kind": "类别", "gone": "去掉", "changed": "变回原来的", "new": "重新出现"})
    for line in done.kept:
        say(line)
    say(f"已撤回 {load}")
