"""The rows of a made-up chain's office, and its desk, as tests ask for it."""

from datetime import date
from pathlib import Path

from view_parts import trusted, under

from graph.stores import Store
from loaders.run import load
from queries.core.answers import Named
from queries.desk.answers import Desk
from queries.desk.desk import make_desk

DAY = "2026-11-30"
TODAY = date(2026, 11, 30)
DEMO = Named(id="demo", name="演示链")
ROWS = {
    "sources.csv": "id,name,source,status\ns,文件,s,confirmed\nx,虚构,x,sample\n",
    "regions.csv": "id,name,parent,source,status\nqd,青岛市,,s,confirmed\nd1,甲区,qd,s,confirmed\nd2,乙区,qd,s,confirmed\n",
    "chains.csv": "id,name,region,source,status\ndemo,演示链,qd,s,confirmed\nbare,空链,qd,s,confirmed\n",
    "segments.csv": "id,name,chain,source,status\nseg,前段,demo,s,confirmed\n",
    "enterprises.csv": "id,name,region,source,status\nf,某厂,d1,s,confirmed\n",
    "agencies.csv": """id,name,aliases,kind,collective,chains,source,status
zhang,张三,,链长,,,s,confirmed
li,李四,,链长,,,s,confirmed
team,全市专班,,专班,是,demo,s,confirmed
office,甲局,甲字头,部门,,,s,confirmed
made,示例局,,部门,,,x,sample
""",
    "responsible_for.csv": """agency,subject,role,valid_from,valid_to,source,status
张三,demo,链长,2026-03,,s,confirmed
李四,demo,链长,2024,2026-02,s,confirmed
李四,demo,副链长,2026-11-30,2026-11-30,s,reported
甲局,demo,牵头单位,2026-12-01,,s,confirmed
甲局,t-late,责任单位,,,s,confirmed
甲局,p-big,包联,,,s,confirmed
示例局,demo,秘书处,,,x,sample
""",
    "tasks.csv": """id,name,list,chain,owner,due,state,blocks,source,status
t-late,昨天到期,重点任务,demo,,2026-11-29,进行中,,s,confirmed
t-today,今天到期,重点任务,demo,甲局,2026-11-30,进行中,,s,confirmed
t-month,本月到期,重点建设项目,demo,甲字头,2026-11,已完成一半,,s,confirmed
t-30,三十天,重点招商项目,demo,乙局,2026-12-30,,,s,confirmed
t-31,三十一天,重点招商项目,demo,乙局,2026-12-31,,,s,confirmed
t-none,没有期限,重点任务,demo,乙局,,停滞,,s,confirmed
t-done,办完了,重点任务,demo,甲局,2020,办结,t-today,s,confirmed
t-off,取消了,重点任务,demo,甲局,2020,已取消,,s,confirmed
q,用地没有批,需协调解决问题,demo,乙局,2027,进行中,p-big;f;seg;t-31,s,confirmed
x-q,示例问题,需协调解决问题,demo,示例局,2020,受阻,t-30,x,sample
""",
    "projects.csv": """id,name,stage,amount,currency,amount_original,flagship,region,chains,source,status
p-big,大项目,签约,2000000000,CNY,20亿元,,d1,demo,s,confirmed
p-flag,引领项目,,,,,是,d2,demo,s,reported
p-usd,外资项目,签约,500000000,USD,5亿美元,,d1,demo,s,confirmed
p-small,小项目,签约,1999999999,CNY,,否,d1,demo,s,confirmed
p-unsaid,没说项目,签约,100,CNY,,,d1,demo,s,confirmed
p-talk,谈着的,洽谈,9000000000,CNY,,,d1,demo,s,confirmed
p-over,终止的,终止,9000000000,CNY,,,d1,demo,s,confirmed
p-nodate,没有日期,在建,9000000000,CNY,,,d2,demo,s,confirmed
x-p,示例项目,签约,9000000000,CNY,,,d1,demo,x,sample
""",
    "progress.csv": """project,stage,happened_on,handled_by,source,status
p-big,签约,2024-06-30,甲局,s,confirmed
p-big,开工,2025-02,甲局,s,reported
p-flag,签约,2024-07-01,,s,confirmed
p-usd,签约,2025-H1,,s,confirmed
p-small,签约,2025-01-01,,s,confirmed
p-over,签约,2025-01-01,,s,confirmed
p-nodate,签约,,,s,confirmed
p-unsaid,签约,2025-12-31,,s,confirmed
x-p,签约,2025-01-01,,x,sample
p-nodate,签约,2026-01-01,,x,sample
""",
    "deliverables.csv": """id,name,kind,chain,valid_to,complete_from,complete_to,source,status
plan,行动计划书,行动计划,demo,2026-11-29,,,s,confirmed
list,项目单,项目清单,demo,,2025,2025-12,s,reported
""",
    "platforms.csv": """id,name,kind,chains,source,status
pl1,创新中心,创新平台,demo,s,confirmed
pl2,产业基金,政府引导基金,demo,s,confirmed
x-pl,示例展会,会展平台,demo,x,sample
""",
}


def load_office(store: Store, folder: Path) -> Store:
    """Load the rows, by way of an empty folder."""
    for name, text in ROWS.items():
        (folder / name).write_text(text, "utf-8")
    report = load([folder], store)
    assert not report.bad, (report.failed, report.rejected)
    return store


def desk_of(store: Store, day: str = DAY, without: tuple[str, ...] = (), chain: Named = DEMO) -> Desk:
    """The desk of a chain, of the demo chain unless said otherwise."""
    return make_desk(under(store, trusted(without), day), chain)
