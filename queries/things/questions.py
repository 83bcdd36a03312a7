"""The questions about what the graph holds: chains, firms, who supplies whom, published figures, Cypher."""

from typing import TYPE_CHECKING, Annotated, Any

from queries.core.answers import (
    ChainSummary,
    ChainView,
    CypherAnswer,
    EnterpriseView,
    Figure,
    Page,
    SupplyEdge,
    SupplyPath,
    ThingView,
    Total,
)
from queries.core.question import Cursor, Size, Word, question
from queries.names.arguments import Chain, Firm, Project, Task
from queries.things import listings

if TYPE_CHECKING:
    from queries.core.view import View
    from queries.things.console import Console

Tiers = Annotated[int, Word("看几层: 1 为直接,2 为再上(下)一层", low=1, high=10)]


@question("chains", "chains", group="产业链", table=listings.table_of_chains)
def chains(view: "View") -> list[ChainSummary]:
    """列出全部产业链,及各类数据的数量(按数据状态分)。"""
    from queries.things.chains import list_chains

    return list_chains(view)


@question("totals", "totals", group="产业链", table=listings.table_of_totals)
def totals(view: "View") -> list[Total]:
    """图里环节、产品、企业、项目、公布数据、供应关系各有多少,按数据状态分。"""
    from queries.things.chains import list_totals

    return list_totals(view)


@question("chain", "chains/{chain}", group="产业链", command=False)
def chain(view: "View", chain: Chain) -> ChainView:
    """一条产业链: 环节、产品、企业、链主、项目、公布的数据与短板。"""
    from queries.things.chains import view_chain

    return view_chain(view, chain.id)


@question("enterprises", "enterprises", group="企业", command=False)
def enterprises(view: "View", cursor: Cursor = "", size: Size = 50) -> Page[dict[str, Any]]:
    """企业名单,按编号排序,逐页取。"""
    from queries.things.enterprises import list_enterprises

    items, following = list_enterprises(view, cursor, size)
    return Page(items=items, next=following)


@question("enterprise", "enterprises/{firm}", group="企业", command=False)
def enterprise(view: "View", firm: Firm) -> EnterpriseView:
    """一家企业: 基本信息、产品、环节、关系与公布的数据。"""
    from queries.things.enterprises import view_enterprise

    return view_enterprise(view, firm.id)


@question("suppliers", "enterprises/{firm}/suppliers", group="企业", table=listings.table_supplies)
def suppliers(view: "View", firm: Firm, tiers: Tiers = 1) -> list[SupplyEdge]:
    """谁供应这家企业,逐层;每条关系带产品、状态和来源。"""
    from queries.things.supply import suppliers as ask

    return ask(view, firm.id, tiers)


@question("customers", "enterprises/{firm}/customers", group="企业", table=listings.table_supplies)
def customers(view: "View", firm: Firm, tiers: Tiers = 1) -> list[SupplyEdge]:
    """这家企业供应谁,逐层;每条关系带产品、状态和来源。"""
    from queries.things.supply import customers as ask

    return ask(view, firm.id, tiers)


@question("paths", "paths", group="企业", table=listings.table_of_paths)
def paths(
    view: "View",
    start: Annotated[Firm, Word("起点企业", "FROM", route="from")],
    end: Annotated[Firm, Word("终点企业", "TO", route="to")],
    most: Annotated[int, Word("最多几条", low=1, high=50)] = 5,
    longest: Annotated[int, Word("最多几步", low=1, high=10)] = 6,
) -> list[SupplyPath]:
    """两家企业之间的供应路径,短的在前,每一步带产品、状态和来源。"""
    from queries.things.supply import paths as ask

    return ask(view, start.id, end.id, most, longest)


@question("project", "projects/{project}", group="项目", command=False)
def project(view: "View", project: Project) -> ThingView:
    """一个项目: 自己的字段、各项关系与公布的数据;etag 供修改时写在 If-Match 里。"""
    from queries.things.things import view_thing

    return view_thing(view, "Project", project.id)


@question("task", "tasks/{task}", group="链长制", command=False)
def task(view: "View", task: Task) -> ThingView:
    """四张清单里的一项: 自己的字段与各项关系;etag 供修改时写在 If-Match 里。"""
    from queries.things.things import view_thing

    return view_thing(view, "Task", task.id)


@question("statements", "statements", group="产业链", command=False)
def statements(view: "View", cursor: Cursor = "", size: Size = 50) -> Page[Figure]:
    """公布的数据,按编号排序,逐页取;每条带对象、指标、数值、单位、口径、时点、状态、来源与位置。"""
    from queries.things.things import list_figures

    items, following = list_figures(view, cursor, size)
    return Page(items=items, next=following)


@question(
    "cypher",
    "cypher",
    group="产业链",
    post=True,
    table=listings.table_of_rows,
    notes=listings.notes_of_rows,
    printed=lambda answer: answer.rows,
)
def cypher(
    console: "Console",
    query: Annotated[str, Word('只读的 Cypher 语句,如 "MATCH (c:Chain) RETURN c.name"', "CYPHER", longest=20_000)],
    parameters: Annotated[dict[str, Any], Word("参数 k=v,可重复;v 按 JSON 读,读不成则为文本", command="param")] = {},  # noqa: B006
    limit: Annotated[int | None, Word("最多返回几行(缺省 1000)", low=1, high=100_000)] = None,
    seconds: Annotated[float | None, Word("最多几秒(缺省 5)", low=0.1, route="")] = None,
) -> CypherAnswer:
    """执行一条只读查询,时间与行数有上限。

    语义以 openCypher 为准,两种存储的写法自动换写;不能照样回答的会拒收并说明改写成什么。只能读图:
    可用 MATCH、OPTIONAL MATCH、WHERE、WITH、 RETURN、ORDER BY、SKIP、LIMIT、UNWIND、UNION。列表从
    0 数起,多步关系要写上限(*1..8),标点用英文半角。对照表见 docs/cypher.md。
    """
    return console.run(query, parameters, limit, seconds)
