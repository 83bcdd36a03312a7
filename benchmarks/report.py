"""The benchmark's table, as docs/benchmarks.md keeps it."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

MEASURES = {
    "articulation": "割点",
    "bridges": "桥",
    "strong": "强连通分量",
    "pagerank": "PageRank",
    "betweenness": "介数(20 个源点)",
}

LEADERS = {"weak_links": "断点", "what_if": "假如", "chain": "链的页面", "firm": "链主的页面", "lists": "四张清单"}
LEADER_PATHS = {name: (name,) if name in ("weak_links", "what_if") else (name, "seconds") for name in LEADERS}


def write_report(
    out: Path,
    local: list[dict[str, Any]],
    lists: list[dict[str, Any]],
    remote: list[dict[str, Any]],
    exponents: dict[str, float],
    risks: list[dict[str, Any]],
    structures: list[dict[str, Any]],
    leaders: list[dict[str, Any]],
    pictures: list[dict[str, Any]],
    starts: list[dict[str, Any]],
    servings: list[dict[str, Any]],
    loadings: list[dict[str, Any]],
) -> None:
    """Write the tables; ratios are within this run, absolute times are only good for this machine."""
    lines = [
        *_heading(),
        *_loads(local),
        *_suppliers(local),
        *_growth(exponents),
        *_exports(lists, exponents),
        *_remotes(remote),
        *_risks(risks),
        *_structures(structures),
        *_leaders(leaders, exponents),
        *_pictures(pictures),
        *_starts(starts),
        *_servings(servings),
        *_loadings(loadings),
    ]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(lines), "utf-8")
    print("\n".join(lines))


def _heading() -> list[str]:
    """Return what was measured on what machine, and how."""
    return [
        "# 基准测试 Benchmarks",
        "",
        "由 `make bench` 写成,请勿手改。比值都出自同一次运行;绝对时间只对所用机器有意义。",
        "",
        f"- 日期 {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} 核, {platform.machine()}, Python "
        f"{platform.python_version()}, "
        f"ladybug {version('ladybug')}, polars {version('polars')}, neo4j 驱动 {version('neo4j')}",
        "- 数据: `benchmarks/data.py`,每家企业五条供应关系,供应商的客户数按幂律分布;两个 CSV 文件。",
        "- 原始 COPY(同行): 载入要存的那些行(所有列,CSV)不经任何检查直接 `COPY` 进本项目的表,得到同样的图。",
        "- 原始 COPY(窄表): 两个输入文件直接 `COPY` 进只有这几列的表,没有本项目的其他表。都从没有文件算到文件关闭。",
        "- 首次载入与原始 COPY、本项目与 py2neo 各交替运行三次,取中位;内存取三次中最高。",
        "- “再载入”有两种: 凭内容指纹认出没有变化(日常情形);忘掉指纹、逐行读入并比较。",
        "",
    ]


def _loads(rows: list[dict[str, Any]]) -> list[str]:
    return [
        "## 嵌入式存储 Ladybug",
        "",
        "| 企业 | 行数 | COPY 同行 行/秒 | COPY 窄表 行/秒 | 首次载入 行/秒 | 比同行(≥ 0.4) | 比窄表 "
        "| 再载入(指纹) 倍(≥ 2) | 再载入(逐行) 倍 | 峰值内存 MB(< 3000) |",
        "|---|---|---|---|---|---|---|---|---|---|",
        *map(_local, rows),
        "",
    ]


def _suppliers(rows: list[dict[str, Any]]) -> list[str]:
    return [
        "## 三层供应商 `suppliers --tiers 3`(嵌入式)",
        "",
        "| 企业 | 度(中位) | 每答案关系数 | p50 毫秒 | p95 毫秒(1M 时 < 50) |",
        "|---|---|---|---|---|",
        *(
            "| {firms:,} | {degree} | {edges:g} | {p50_ms} | {p95_ms} |".format(firms=row["firms"], **row["suppliers"])
            for row in rows
        ),
        "",
    ]


def _growth(exponents: dict[str, float]) -> list[str]:
    if "load" not in exponents:
        return []
    return [
        (
            f"从最小到最大规模的增长: 首次载入 n^{exponents['load']:.2f},三层供应商 p50 "
            f"n^{exponents['suppliers']:.2f}(要求不超过 n^1.1)。"
        ),
        "",
    ]


def _exports(rows: list[dict[str, Any]], exponents: dict[str, float]) -> list[str]:
    if not rows:
        return []
    grown = f"n^{exponents['lists']:.2f}" if "lists" in exponents else ""
    return [
        "## 平台导出的企业名单(嵌入式)",
        "",
        "26 列的 CSV,没有编号,只给来源;同样的企业按本项目的表(有编号)载入为比。一百万家各一次,其余三次取中位"
        "(`benchmarks/exports.py`)。",
        "",
        "| 企业 | 文件 MB | 名单 行/秒 | 本项目的表 行/秒 | 比值 | 名单峰值内存 MB(300 MB 的 < 1500) | 表峰值内存 MB |",
        "|---|---|---|---|---|---|---|",
        *map(_export, rows),
        "",
        f"从最小到最大规模的增长: 名单 {grown}(要求不超过 n^1.1)。" if grown else "",
        "",
    ]


def _export(row: dict[str, Any]) -> str:
    theirs, ours = row["list"], row["form"]
    ratio = theirs["rows_per_second"] / ours["rows_per_second"]
    return (
        f"| {row['firms']:,} | {theirs['file_mb']:,} | {theirs['rows_per_second']:,} | {ours['rows_per_second']:,} "
        f"| **{ratio:.2f}** | {theirs['peak_mb']:,} | {ours['peak_mb']:,} |"
    )


def _local(row: dict[str, Any]) -> str:
    raw, same, first = row["raw"], row["same"], row["first"]
    ratio, narrow = (first["rows_per_second"] / loading["rows_per_second"] for loading in (same, raw))
    quick, slow = (first["seconds"] / row[name]["seconds"] for name in ("again", "again_read"))
    return (
        f"| {row['firms']:,} | {first['rows']:,} | {same['rows_per_second']:,} | {raw['rows_per_second']:,} "
        f"| {first['rows_per_second']:,} | **{ratio:.2f}** | {narrow:.2f} "
        f"| **{quick:.1f}** | {slow:.1f} | {max(first['peak_mb'], row['again_read']['peak_mb']):,} |"
    )


def _risk(row: dict[str, Any]) -> str:
    both, plain = row["with"], row["without"]
    peak = max(both["peak_mb"], plain["peak_mb"])
    return (
        f"| {both['firms']:,} | {both['links']:,} | **{both['ms_per_firm']:.2f}** | {plain['ms_per_firm']:.2f} | "
        f"{peak:,} |"
    )


def _remotes(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    return [
        "## Neo4j",
        "",
        "| 企业 | 行数 | py2neo bulk 行/秒 | 本项目 行/秒 | 比值(≥ 1.5) |",
        "|---|---|---|---|---|",
        *map(_remote, rows),
        "",
    ]


def _risks(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    return [
        "## 系统性风险 `systemic-risk`(一个线程)",
        "",
        (
            "随机网络: 出度截断幂律(指数 2.3,上限 128,平均 8),100 个行业,容差 0.01;"
            "逐家停产,随机取至多 4,000 家(不带替代 500 家)。"
        ),
        "",
        "| 企业 | 关系 | 带替代 毫秒/家(一万 ≤ 0.5,十万 ≤ 5) | 不带替代 毫秒/家 | 峰值内存 MB(< 2000) |",
        "|---|---|---|---|---|",
        *map(_risk, rows),
        "",
        _beside(rows[0]["r"]),
        "",
    ]


def _structures(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    return [
        "## 结构度量",
        "",
        "同一进程里与 networkx 比,答案必须相同;十万企业时要求各项至少 15 倍。",
        "数据: 每五百家左右一个集群,每家平均五条供应关系,七成在集群之内,企业活跃程度不等。",
        "计入: 从数组(networkx 从图)到编号列表的全部时间,本项目取三次的中位,networkx 一次。"
        "不计入: 每个版本只做一次的数组与 DiGraph"
        "(单列,不含从存储读取;networkx 的无向视图也不计)、首次编译。",
        "",
        "| 企业 | 关系 | 建数组 秒 | 建 DiGraph 秒 | "
        + " | ".join(f"{name} 毫秒(倍)" for name in MEASURES.values())
        + " |",
        "|" + "---|" * (4 + len(MEASURES)),
        *(
            f"| {row['firms']:,} | {row['links']:,} | {row['arrays']:.2f} | {row['graph']:.2f} | "
            + " | ".join(f"{row[name]['ours'] * 1000:.1f}(**{row[name]['ratio']:.0f}**)" for name in MEASURES)
            + " |"
            for row in rows
        ),
        "",
        "群落: Leiden;与声明的集群以调整互信息(AMI)相比,0 为随机水平,1 为相同。networkx 的 Louvain 要几分钟,不在其中。",
        "",
        "| 企业 | 声明的集群 | 群落 | 秒(十万 ≤ 10) | 比较 秒 | AMI | 峰值内存 MB(含 networkx) |",
        "|---|---|---|---|---|---|---|",
        *map(_community, rows),
        "",
    ]


def _leaders(rows: list[dict[str, Any]], exponents: dict[str, float]) -> list[str]:
    if not rows:
        return []
    grown = ",".join(
        f"{zh} n^{exponents[f'leader {name}']:.2f}" for name, zh in LEADERS.items() if f"leader {name}" in exponents
    )
    return [
        "## 大链主",
        "",
        "一条链、10 个环节、40 种产品,一家链主与所列家数的供应商(`benchmarks/leader.py`);页面与答案都是第一次,"
        "只有图已读入(“读图”另列)、名称的索引已建;链的页面含断点。",
        "",
        "| 供应商 | 读图 秒 | 断点 秒 | 假如链主退出 秒 | "
        + " | ".join(f"{zh} 秒 / MB / 节点" for zh in list(LEADERS.values())[2:])
        + " | 峰值内存 MB |",
        "|" + "---|" * 8,
        *map(_leader, rows),
        "",
        f"从最小到最大规模的增长: {grown}(要求不超过 n^1.1)。一页在一万家时应小于 2 MB、2 秒。" if grown else "",
        "",
    ]


def _leader(row: dict[str, Any]) -> str:
    asked = (row[name] for name in ("chain", "firm", "lists"))
    pages = " | ".join(f"{page['seconds']:.2f} / {page['mb']:.2f} / {page['nodes']:,}" for page in asked)
    return (
        f"| {row['firms']:,} | {row['read']:.2f} | {row['weak_links']:.2f} | {row['what_if']:.2f} | {pages} | "
        f"{row['peak_mb']:,} |"
    )


def _pictures(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    return [
        "## 图",
        "",
        "一家企业与所列家数的供应商画成一个单独的网页文件(`benchmarks/pictures.py`),在真的 Chromium(1366×768)里打开;"
        "同行是 pyvis 自己为同样的企业做的网页。从打开算起,到第一个字画出、到标签页空下来;"
        "一眼看得见的字有几个、其中不小于 11 像素的几个、最小的多高。一万家时第一眼要求 1 秒以内。",
        "",
        "| 供应商 | 谁画的 | 文件 kB | 第一个字 秒 | 空下来 秒 | 看得见的字 | 不小于 11 像素 | 最小 像素 |",
        "|" + "---|" * 8,
        *map(_picture, rows),
        "",
    ]


def _picture(row: dict[str, Any]) -> str:
    first = "没有" if row["first_text_seconds"] is None else f"**{row['first_text_seconds']:.2f}**"
    return (
        f"| {row['firms']:,} | {'本项目' if row['whose'] == 'ours' else 'pyvis'} | {row['kb']:,} | {first} | "
        f"{row['free_seconds']:.2f} | {row['texts']} | {row['readable']} | {row['smallest_px']} |"
    )


STARTS = {
    "help": "`lianzhang --help` / 只 import typer、pydantic",
    "app": "import 整个网页应用 / 只 import fastapi",
    "page": "`serve` 到答完首页(种子数据)/ FastAPI 一条空路由到答完",
}


def _starts(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    return [
        "## 启动",
        "",
        "从进程开始算起;与同行交替五次,各取中位。空闲的机器上要求 `--help` 0.5 秒以内,首页 2.5 秒以内。",
        "",
        "| 启动 / 同行 | 本项目 秒 | 同行 秒 | 倍 | 机器的负载 |",
        "|---|---|---|---|---|",
        *map(_start, rows),
        "",
    ]


def _start(row: dict[str, Any]) -> str:
    ratio = row["seconds"] / row["peer"]
    return f"| {STARTS[row['start']]} | {row['seconds']:.2f} | {row['peer']:.2f} | **{ratio:.1f}** | {row['load']} |"


WAYS = {"bare": "FastAPI 一条空路由", "kept": "留下的答案", "made": "每次重算(LIANZHANG_CACHE_MB=0)"}


def _servings(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    bare = {row["clients"]: row["rate"] for row in rows if row["way"] == "bare"}
    return [
        "## 网页服务 `serve`(嵌入式,种子数据)",
        "",
        "六条 GET 路由轮流问(产业链、一条链、企业、一家企业、两层供应商、查找);"
        "同一台机器上同一个问的程序,同一次运行,三次取中位。"
        "比值是对同时问空路由的(留下的答案 ≥ 3,重算 ≥ 1/3),p95 要求 500 毫秒以内。",
        "",
        "| 同时问的 | 什么 | 每秒回答 | 比空路由 | p50 毫秒 | p95 毫秒 | p99 毫秒 |",
        "|---|---|---|---|---|---|---|",
        *(
            f"| {row['clients']} | {WAYS[row['way']]} | {row['rate']:,.0f} | "
            f"**{row['rate'] / bare[row['clients']]:.2f}** "
            f"| {row['p50']} | {row['p95']} | {row['p99']} |"
            for row in rows
        ),
        "",
    ]


def _community(row: dict[str, Any]) -> str:
    groups = row["communities"]
    return (
        f"| {row['firms']:,} | {row['declared']:,} | {groups['groups']:,} | **{groups['seconds']:.1f}** | "
        f"{groups['compared']:.1f} "
        f"| {groups['score']:.3f} | {row['peak_mb']:,} |"
    )


def _beside(both: dict[str, Any]) -> str:
    if not both:
        return "作者的程序(GLcascade、fastcascade,带替代,一个线程): R 未安装,未比。"
    return (
        f"作者的程序(GLcascade、fastcascade,带替代,一个线程,最小规模,同样的企业): {both['r_ms']:.1f} 毫秒/家,本项目 "
        f"{both['ms']:.2f},"
        f"快 **{both['ratio']:.0f}** 倍;得分至多相差 {both['apart']:.1e}。"
    )


def _remote(row: dict[str, Any]) -> str:
    theirs, ours = row["py2neo"], row["ours"]
    ratio = ours["rows_per_second"] / theirs["rows_per_second"]
    return (
        f"| {row['firms']:,} | {ours['rows']:,} | {theirs['rows_per_second']:,} | {ours['rows_per_second']:,} | "
        f"**{ratio:.2f}** |"
    )


def _loadings(rows: list[dict[str, Any]]) -> list[str]:
    if not rows:
        return []
    names = {"quiet": "什么也没有做", "preview": "预览", "load": "载入", "back": "撤回"}
    lines = [
        "## 网页上的载入，与同时看网页的人(嵌入式)",
        "",
        "没有示例的种子，两万家的导出和它的下一期(`benchmarks/editions.py`)从接口上传、预览、确认，再撤回；"
        "四个客户一直问六条 GET 路由，每问之间歇 50 毫秒。一步的 p95 与它前面同一份图上什么也没有做时的比"
        "(`python -m benchmarks.loading`)。",
        "",
        "| 做什么 | 秒 | 回答 | p50 毫秒 | p95 毫秒 |",
        "|---|---|---|---|---|",
    ]
    for row in rows:
        kind, _, day = row["step"].partition(" ")
        said = f"{names[kind]} {day}".strip()
        lines.append(f"| {said} | {row['seconds']} | {row['answers']:,} | {row['p50']} | {row['p95']} |")
    return [*lines, ""]
