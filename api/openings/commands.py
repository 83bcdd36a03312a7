"""The command that adds to the ledger of the matches."""

from typing import Annotated

import typer

from api.core.options import StoreOption, reach
from api.core.output import say

ledger_app = typer.Typer()


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
    from loaders.matches import record_step

    step = {"supplier": supplier, "customer": customer, "product": product, "stage": stage, "happened_on": on}
    done = record_step(reach(store), step | {"handled_by": by, "note": note, "source": source, "status": status}, by)
    told = {
        "new": "已记下这一步",
        "changed": "台账里已有这一步,已更新它的来源或状态",
        "same": "台账里已有完全相同的一步",
    }
    say(told[done.outcome])
