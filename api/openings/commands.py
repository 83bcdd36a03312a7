"""The commands of 卡位入链: the four lists of a leader or a chain, and the ledger of the matches."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.core.options import FormatOption, StoreOption, reach, reading
from api.core.output import Format, print_json, print_rows, progress, say
from graph.errors import InputError
from queries.openings.tables import looked_text

if TYPE_CHECKING:
    from queries.core.view import View

app = typer.Typer()
ledger_app = typer.Typer(invoke_without_command=True)
app.add_typer(ledger_app, name="ledger")

LeaderOption = Annotated[str | None, typer.Option("--leader", metavar="NAME", help="链主企业的名称、简称、编号或拼音")]
ChainOption = Annotated[str | None, typer.Option("--chain", metavar="CHAIN", help="产业链的名称、编号或拼音: 它的全部链主")]
FEW_LOOKED = 3  # looked-at firms that the table tells of; the CSV tells of all
OPENING_HEADS = {
    "list": "清单", "party.name": "链主(或集团内企业)", "product": "产品(服务)", "firm.name": "企业", "region": "所在地", "fit": "匹配",
    "why": "为什么", "against": "不利之处", "stage": "台账", "confidence": "可信度", "status": "状态", "source": "来源",
}  # fmt: skip
LEDGER_HEADS = {
    "customer": "链主", "supplier": "供应商", "product": "产品", "state": "现在", "stage": "步骤", "on": "日期", "by": "经办",
    "note": "备注", "status": "状态", "source": "来源", "remarks": "须知",
}  # fmt: skip


@app.command()
@reading
def opportunities(
    graph: "View",
    leader: LeaderOption = None,
    chain: ChainOption = None,
    xlsx: Annotated[Path | None, typer.Option("--xlsx", metavar="FILE", help="另写成 Excel 工作簿: 四张清单各一张表,可直接打印")] = None,
    format: FormatOption = Format.table,
) -> None:
    """卡位入链的四张清单: 在青可提供、可采购、拟开展合作、建议招引;每行写明为什么、不利之处、状态和来源。

    登记的在前;推断的状态是“推断”,只是线索。一项需求没有合适的本地企业,才列入建议招引,并列出看过哪些本地企业、各为何不合适。
    """
    from api.openings.workbooks import check_workbook, write_workbook
    from queries.names.search import find_chain, find_enterprise
    from queries.openings.lists import chain_opportunities, leader_opportunities

    if (leader is None) == (chain is None):
        raise typer.BadParameter("--leader 与 --chain 要写且只写一个")
    if xlsx is not None:
        check_workbook(xlsx)
    with progress() as step:
        step("列出四张清单", 0)
        if leader is not None:
            answer = leader_opportunities(graph, find_enterprise(graph, leader))
        else:
            answer = chain_opportunities(graph, find_chain(graph, chain or ""))
    if xlsx is not None:
        write_workbook(answer, xlsx)
        say(f"已写到 {xlsx}")
    if format is Format.json:
        print_json(answer.model_dump(mode="json", by_alias=True))
        return
    rows: list[dict[str, Any]] = []
    for title, openings in answer.lists().items():
        for one in openings:
            looked = looked_text(one.candidates, FEW_LOOKED if format is Format.table else len(one.candidates))
            why = ";".join(filter(None, (*one.why, *looked.split("\n"))))
            said = {"list": title, "why": why, "against": ";".join(one.against), "confidence": f"{one.confidence:g}"}
            rows.append(one.model_dump(mode="json") | said)
    print_rows(rows, format, OPENING_HEADS)
    for title, openings in answer.lists().items():
        if not openings:
            say(f"{title}: 没有")
    for note in answer.notes:
        say(f"注意: {note}")


@ledger_app.callback()
@reading
def ledger(
    graph: "View",
    context: typer.Context,
    leader: LeaderOption = None,
    chain: ChainOption = None,
    firm: Annotated[str | None, typer.Option("--firm", metavar="NAME", help="只看与这家企业有关的,不论哪一方")] = None,
    format: FormatOption = Format.table,
) -> None:
    """匹配台账: 需求 → 推荐 → 链主答复 → 洽谈 → 签约 或 放弃,每一步写明日期、经办和来源,从不覆盖。"""
    from queries.names.search import find_chain, find_enterprise
    from queries.openings.ledger import ledger as ask

    if sum(word is not None for word in (leader, chain, firm)) > 1:
        raise typer.BadParameter("--leader、--chain、--firm 只能写一个;都不写就是全部台账")
    answer = ask(
        graph,
        leader=None if leader is None else find_enterprise(graph, leader),
        chain=None if chain is None else find_chain(graph, chain),
        firm=None if firm is None else find_enterprise(graph, firm),
    )
    if format is Format.json:
        print_json(answer.model_dump(mode="json"))
        return
    rows: list[dict[str, Any]] = []
    for match in answer.matches:
        for number, step in enumerate(match.steps):
            whose = {"customer": match.customer.name, "supplier": match.supplier.name, "product": match.product, "state": match.state}
            stage = step.stage + ("(已撤销)" if step.withdrawn else "")
            rows.append(step.model_dump() | whose | {"stage": stage, "remarks": "" if number else ";".join(match.remarks)})
    print_rows(rows, format, LEDGER_HEADS)
    told = ",".join(f"{stage} {number}" for stage, number in answer.counts.items())
    say(f"{len(answer.matches)} 项匹配,现在的阶段: {told}")
    for note in answer.notes:
        say(f"注意: {note}")


@ledger_app.command()
def add(
    supplier: Annotated[str, typer.Option("--supplier", help="供应商: 名称或编号")],
    customer: Annotated[str, typer.Option("--customer", help="链主: 名称或编号")],
    product: Annotated[str, typer.Option("--product", help="产品(服务)")],
    stage: Annotated[str, typer.Option("--stage", help="需求、推荐、链主答复、洽谈、签约 或 放弃")],
    on: Annotated[str, typer.Option("--on", help="日期,如 2026-07-01")],
    by: Annotated[str, typer.Option("--by", help="经办: 谁办的")],
    source: Annotated[str, typer.Option("--source", help="来源: 出自哪份文件")],
    note: Annotated[str, typer.Option("--note", help="备注;放弃时写原因")] = "",
    status: Annotated[str, typer.Option("--status", help="数据状态")] = "据报道",
    store: StoreOption = None,
) -> None:
    """在台账里记一步;与载入一行“匹配”表相同,按同样的规则检查。"""
    import polars as pl

    from loaders.run import load

    if stage == "放弃" and not note.strip():
        raise InputError("放弃要写原因: 请加 --note")
    row = {"supplier": supplier, "customer": customer, "product": product, "stage": stage, "happened_on": on, "handled_by": by}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "matched.csv"
        pl.DataFrame([row | {"note": note, "source": source, "status": status}]).write_csv(path)
        report = load([path], reach(store))
    if report.bad:
        raise InputError(report.rejected[0].reason if report.rejected else report.failed[0]["reason"])
    for warning in report.warnings:
        say(f"注意: {warning}")
    say("已记下这一步" if report.total("new") else "台账里已有完全相同的一步")
