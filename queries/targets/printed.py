"""How the terminal and CSV tell of 招商名录."""

from collections.abc import Iterator, Mapping
from typing import Any

from queries.core.printed import columns_of
from queries.core.table import Column, Table
from queries.targets.answers import Portfolio, Target, Targets
from queries.targets.tables import tables_of_portfolio

SHOWN = 5  # names in a line


def targets(answer: Targets) -> Table[Target]:
    """Return the targets by rank, with a column for each factor."""
    factors = answer.targets[0].factors if answer.targets else []
    columns = (
        *columns_of({"rank": "名次", "firm.name": "企业", "region": "所在地", "score": "得分"}),
        *(Column[Target](one.name, lambda target, key=one.key: _factor(target, key)) for one in factors),  # type: ignore[misc]
        Column[Target]("补上的缺口", lambda one: [f"{gap.product}({gap.state} {gap.score:g},{gap.how})" for gap in one.gaps], "lines"),
        *columns_of({"why": "为什么", "why_not": "不利之处", "status": "状态", "source": "来源"}),
    )
    return Table("targets", "招商名录", columns, answer.targets)


def _factor(target: Target, key: str) -> str:
    return next(f"{factor.points:g}/{factor.most:g}" for factor in target.factors if factor.key == key)


def notes_of_targets(answer: Targets, asked: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is kept apart from the ranking, and how it moves with the weights."""
    yield from (f"注意: {note}" for note in answer.notes)
    yield _listed("没有已知的外地企业的缺口", [f"{gap.product}({gap.state} {gap.score:g})" for gap in answer.without_firms])
    yield _listed("未知,先普查", [place.product for place in answer.unknown])
    yield _listed("所在地未登记,须核实", [f"{one.firm.name}({one.product})" for one in answer.unplaced])
    yield _listed("不是招引对象", [f"{one.firm.name}({one.product}: {one.why_not})" for one in answer.excluded])
    moves = [one for one in answer.stability.variants if one.left or one.entered or one.shifts]
    for moved in moves:
        told = [
            f"{title} {'、'.join(firm.name for firm in firms)}" for title, firms in (("离开", moved.left), ("进入", moved.entered)) if firms
        ]
        told += [f"{one.firm.name} {one.before}→{one.after}" for one in moved.shifts]
        yield f"{moved.name} ×{moved.factor:g}: {'; '.join(told)}"
    least = "无从计算(不到两家)" if answer.stability.least_correlation is None else f"{answer.stability.least_correlation:g}"
    yield (
        f"共 {answer.total} 家,权重 {answer.weights_version},规则 {answer.rule_version};各权重移动 ±20%(其余按比例补足)共"
        f" {len(answer.stability.variants)} 种,前 {answer.stability.top} 名有变化的 {len(moves)} 种,名次的最小秩相关 {least}"
    )


def portfolio(answer: Portfolio) -> Table[Any]:
    """Return the chosen firms in the order of what each adds."""
    return tables_of_portfolio(answer)["chosen"]


def notes_of_portfolio(answer: Portfolio, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield how good the choice is, and what it leaves."""
    yield answer.statement
    yield f"全部缺口 {answer.gaps} 个,评分合计 {answer.weight:g};有已知外地企业能补的 {answer.closable:g},这一组补上 {answer.closed:g}"
    yield f"上界 {answer.bound:g},离最优至多差 {answer.short:.1%}"
    curve = [f"{one.most} 家 {one.closed:g}{'' if one.method == 'exact' else f'(至多 {one.bound:g})'}" for one in answer.curve]
    yield f"企业数与补上的评分: {','.join(curve) or '没有'}"
    yield _listed("没有已知企业能补的缺口", [f"{gap.chain}: {gap.product}({gap.state} {gap.score:g})" for gap in answer.unclosable])
    yield from (f"注意: {note}" for note in answer.notes)


def _listed(title: str, names: list[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > SHOWN else ""
    return f"{title}: {'、'.join(names[:SHOWN]) or '没有'}{more}"
