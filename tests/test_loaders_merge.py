"""What a load does to what is there: new, changed once, same; weaker never over stronger; again the same; dry runs alike."""

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loader_parts import counts, new_store, put, rows_of, run

from graph.model import columns
from graph.model.edges import Leads, Supplies
from graph.model.nodes import Chain, Cluster, Enterprise, Product, Segment, Source
from graph.statuses import STATUS_ZH
from graph.stores import Store
from graph.stores.base import schema
from loaders.rows.merge import FIELD_SOURCES, ORDER, OUTCOME, RANK, merge
from queries.core.answers import STATUS_ORDER

PEOPLE = "名称,简称,别名,可信度,状态,来源,页码\n"
EDGES = ("SUPPLIES", "LEADS")


def firm(folder: Path, *rows: str) -> Path:
    return put(folder / "enterprises.csv", PEOPLE + "".join(f"{row}\n" for row in rows))


def supply(folder: Path, *rows: str) -> Path:
    return put(folder / "supplies.csv", "供应商,客户,产品,状态,来源,备注\n" + "".join(f"{row}\n" for row in rows))


def joined(store: Store, name: str) -> list[dict[str, Any]]:
    return sorted(rows_of(store, f"MATCH (a)-[r:{name}]->(b) RETURN a.id, b.id, r"), key=str)


def test_a_weaker_row_fills_blanks_and_changes_nothing_else(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    assert counts(run(store, firm(tmp_path / "1", "甲公司,,老甲,,已证实,年鉴,第1页"))) == {"read": 1, "new": 1}
    assert counts(run(store, firm(tmp_path / "2", "甲公司,甲,小甲,0.3,据报道,报纸,第2页"))) == {"read": 1, "changed": 1}
    rows = store.nodes(Enterprise).select("short_name", "aliases", "confidence", "status", "source", "place").rows()
    assert rows == [("甲", ["小甲", "老甲"], 1.0, "confirmed", "年鉴", "第1页")]
    assert counts(run(store, firm(tmp_path / "3", "甲公司,甲厂,,,示例,小说,"))) == {"read": 1, "same": 1}
    assert store.nodes(Enterprise)["short_name"].to_list() == ["甲"]


def test_an_equal_or_stronger_row_replaces_values_and_the_whole_provenance(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(store, firm(tmp_path / "1", "甲公司,甲,老甲,0.3,据报道,报纸,第2页"))
    assert counts(run(store, firm(tmp_path / "2", "甲公司,甲厂,,,据报道,公报,"))) == {"read": 1, "changed": 1}
    rows = store.nodes(Enterprise).select("short_name", "aliases", "confidence", "status", "source", "place").rows()
    assert rows == [("甲厂", ["老甲"], 0.8, "reported", "公报", None)]
    assert counts(run(store, firm(tmp_path / "3", "甲公司,,,,已证实,年鉴,"))) == {"read": 1, "changed": 1}
    assert store.nodes(Enterprise).select("short_name", "status", "source").rows() == [("甲厂", "confirmed", "年鉴")]


def test_rows_of_one_thing_count_once(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    rows = ["甲公司,甲,,,,年鉴,", "甲公司,甲,,,,年鉴,", "甲公司,甲厂,,,,年鉴,", "乙公司,,,,,年鉴,"]
    assert counts(run(store, firm(tmp_path / "1", *rows))) == {"read": 4, "new": 2, "same": 2}
    report = run(store, firm(tmp_path / "2", "甲公司,甲厂,,,,年鉴,", "甲公司,甲一,,,,年鉴,", "甲公司,甲二,,,,年鉴,"))
    assert counts(report) == {"read": 3, "changed": 1, "same": 2}
    assert store.nodes(Enterprise).filter(pl.col("name") == "甲公司")["short_name"].to_list() == ["甲二"]


def test_contradictory_rows_of_one_folder_settle(tmp_path: Path) -> None:
    """Nodes, link columns and edge tables that contradict one another: the second time everything is the same."""
    store = new_store(tmp_path)
    folder = tmp_path / "in"
    put(folder / "chains.csv", "编号,名称,来源\nchain-a,家电,年鉴\n")
    put(
        folder / "enterprises.csv",
        "名称,简称,链主产业链,来源\n甲公司,甲,家电,年鉴\n乙公司,,,年鉴\n甲公司,甲二,家电,公报\n",
    )
    put(folder / "leads.csv", "企业,链主产业链,角色,来源\n甲公司,家电,链主,报纸\n")
    supply(
        folder,
        "甲公司,乙公司,轴承,,年鉴,一",
        "甲公司,乙公司,轴承,,年鉴,二",
        "甲公司,乙公司,轴承,,年鉴,一",
        "乙公司,甲公司,钢,,年鉴,",
    )
    put(folder / "供应.csv", "供应商,客户,产品,来源,备注\n甲公司,乙公司,轴承,年鉴,三\n乙公司,甲公司,钢,年鉴,\n")
    first = run(store, folder)
    assert counts(first) == {"read": 11, "new": 5, "same": 6}
    before = {name: joined(store, name) for name in EDGES}
    assert [row["r"]["note"] for row in before["SUPPLIES"] if row["r"]["product"] == "轴承"] == ["三"]
    assert [(row["r"]["role"], row["r"]["source"]) for row in before["LEADS"]] == [("链主", "报纸")]
    shutil.copytree(folder, tmp_path / "again")
    assert counts(run(store, tmp_path / "again")) == {"read": 11, "same": 11}
    assert {name: joined(store, name) for name in EDGES} == before


def test_loads_of_one_two_and_both(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    first = firm(tmp_path / "1", "甲公司,甲,,,,年鉴,", "乙公司,,,,,年鉴,")
    second = firm(tmp_path / "2", "甲公司,甲厂,,,,公报,", "丙公司,,,,,公报,")
    assert counts(run(store, first)) == {"read": 2, "new": 2}
    assert counts(run(store, second)) == {"read": 2, "new": 1, "changed": 1}
    assert counts(run(store, first, second)) == {"read": 4, "same": 4}
    assert counts(run(store, first, second)) == {"read": 4, "same": 4}
    assert counts(run(store, first)) == {"read": 2, "changed": 1, "same": 1}
    assert store.nodes(Enterprise).sort("name").select("name", "short_name", "source").rows() == [
        ("丙公司", None, "公报"), ("乙公司", None, "年鉴"), ("甲公司", "甲", "年鉴"),
    ]  # fmt: skip


def test_the_same_folder_again_is_the_same_whether_remembered_or_read(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    folder = tmp_path / "in"
    put(folder / "chains.csv", "名称,来源\n家电,年鉴\n")
    put(folder / "segments.csv", "名称,产业链,供给环节,层级,来源\n设计,家电,制造,上游,年鉴\n制造,家电,,中游,年鉴\n")
    put(folder / "enterprises.csv", "名称,产业链,环节,来源,备注\n甲公司,家电,设计；制造,年鉴,\n")
    supply(folder, "甲公司,甲公司,轴承,,年鉴,")
    first = run(store, folder)
    assert counts(first) == {"read": 5, "new": 5}
    version = store.version()
    again = run(store, folder)
    assert counts(again) == {"read": 5, "same": 5}
    shutil.copytree(folder, tmp_path / "elsewhere")
    assert counts(run(store, tmp_path / "elsewhere")) == {"read": 5, "same": 5}
    assert store.version() == version
    assert [file.kind for file in again.files] == [file.kind for file in first.files]
    assert len(store.nodes(Segment)) == 2


def test_the_same_file_as_another_kind_is_another_load(tmp_path: Path) -> None:
    """What was loaded is remembered with the kind that was wished, whichever of the two came first."""
    store, path = new_store(tmp_path), put(tmp_path / "甲.csv", "名称,来源\n示例一,年鉴\n")
    assert counts(run(store, path, kind=Chain)) == {"read": 1, "new": 1}
    assert counts(run(store, path, kind=Enterprise)) == {"read": 1, "new": 1}
    assert counts(run(store, path, kind=Chain)) == {"read": 1, "same": 1}
    assert (len(store.nodes(Chain)), len(store.nodes(Enterprise))) == (1, 1)


@pytest.mark.parametrize("status", ["已证实", "据报道", "整理", "示例"])
def test_a_source_that_is_only_named_is_no_better_founded_for_what_it_says(tmp_path: Path, status: str) -> None:
    """Whatever the row that names it claims, of nodes and of edges: nobody has described the source."""
    store = new_store(tmp_path)
    run(store, firm(tmp_path / "1", f"甲公司,,,,{status},年鉴,", f"乙公司,,,,{status},年鉴,"))
    run(store, supply(tmp_path / "2", f"甲公司,乙公司,轴承,{status},公报,"))
    entered = store.nodes(Source).sort("id").select("id", "name", "source", "status", "confidence").rows()
    assert entered == [(name, name, name, "reported", 0.8) for name in ("公报", "年鉴")]


@pytest.mark.parametrize("statuses", [("已证实", "据报道"), ("据报道", "据报道"), ("示例", "已证实")])
def test_roles_and_aliases_add_up_whoever_says_more(tmp_path: Path, statuses: tuple[str, str]) -> None:
    store = new_store(tmp_path)
    for number, (status, roles) in enumerate(zip(statuses, ("链主;专精特新", "上市公司;链主"), strict=True)):
        run(
            store,
            put(
                tmp_path / f"{number}" / "enterprises.csv",
                f"名称,角色,别名,状态,来源\n甲公司,{roles},甲{number},{status},年鉴\n",
            ),
        )
    assert store.nodes(Enterprise).select("roles", "aliases").rows() == [
        (["上市公司", "专精特新", "链主"], ["甲0", "甲1"])
    ]


def test_a_field_names_the_source_that_said_it_last(tmp_path: Path) -> None:
    """A weaker source fills a blank and is named for it; the record's own source says it too: nothing is left to name; and on."""
    store = new_store(tmp_path)

    def after(number: int, name: str, status: str, source: str) -> tuple[str | None, list[str] | None]:
        run(store, firm(tmp_path / f"{number}", f"甲公司,{name},,,{status},{source},"))
        said: tuple[str | None, list[str] | None] = store.nodes(Enterprise).select("short_name", "field_sources").row(0)
        return said

    assert after(1, "", "已证实", "年鉴") == (None, None)
    assert after(2, "甲", "据报道", "报纸") == ("甲", ["short_name|报纸|reported"])
    assert after(3, "乙", "整理", "小说") == ("甲", ["short_name|报纸|reported"])
    assert after(4, "甲厂", "已证实", "公报") == ("甲厂", None)
    assert after(5, "", "已证实", "年鉴") == ("甲厂", ["short_name|公报|confirmed"])
    assert after(6, "甲厂", "已证实", "年鉴") == ("甲厂", None)


def test_a_missing_file_is_told_though_the_rest_is_remembered(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    path = firm(tmp_path, "甲公司,,,,,年鉴,")
    run(store, path)
    report = run(store, path, tmp_path / "没有.csv")
    assert counts(report) == {"read": 1, "same": 1}
    assert [Path(failure["file"]).name for failure in report.failed] == ["没有.csv"]


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path: Path) -> None:
    store = new_store(tmp_path / "graph")
    folder = tmp_path / "in"
    put(folder / "chains.csv", "名称,来源\n家电,年鉴\n")
    firm(folder, "甲公司,甲,,,,年鉴,", "乙公司,,,,,年鉴,", "甲公司,甲二,,,,年鉴,", ",,,,,年鉴,")
    put(folder / "leads.csv", "企业,链主产业链,来源\n甲公司,家电,年鉴\n甲公司,家电,公报\n丁公司,家电,年鉴\n")
    supply(folder, "甲公司,乙公司,轴承,,年鉴,一", "甲公司,乙公司,轴承,,年鉴,二")
    put(folder / "供应.csv", "供应商,客户,产品,来源,备注\n甲公司,乙公司,轴承,年鉴,三\n")
    for _ in range(2):  # into the empty graph, and once more with a change
        dry = run(store, folder, dry=True, rejects=tmp_path / "rejects")
        version = store.version()
        assert not (tmp_path / "rejects").exists()
        assert version != "empty" or not list((tmp_path / "graph").glob("*"))
        wet = run(store, folder)
        assert (dry.dry_run, wet.dry_run) == (True, False)
        assert [vars(file) for file in dry.files] == [vars(file) for file in wet.files]
        assert (dry.rejected, dry.conflicts, dry.failed, dry.warnings) == (
            wet.rejected,
            wet.conflicts,
            wet.failed,
            wet.warnings,
        )
        assert (dry.nodes, dry.edges) == (wet.nodes, wet.edges)
        assert dry.version == version
        put(
            folder / "供应.csv",
            "供应商,客户,产品,来源,备注\n甲公司,乙公司,轴承,年鉴,四\n乙公司,甲公司,钢,年鉴,\n乙公司,甲公司,钢,公报,\n",
        )


def test_a_dry_run_of_what_is_remembered(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    path = firm(tmp_path, "甲公司,,,,,年鉴,")
    run(store, path)
    report = run(store, path, dry=True)
    assert report.dry_run
    assert counts(report) == {"read": 1, "same": 1}


@pytest.mark.parametrize("name", ["来源:年鉴", "Source：年鉴", "http://a.b/c", "年鉴 2022", "企业:甲"])
def test_sources_of_any_name_are_entered_once(tmp_path: Path, name: str) -> None:
    store = new_store(tmp_path)
    for number in range(2):
        run(
            store,
            put(
                tmp_path / str(number) / "enterprises.csv", f"名称,来源\n甲公司{number},{name}\n乙公司{number},{name}\n"
            ),
        )
    assert store.nodes(Source).select("id", "name").rows() == [(name, name)]
    assert set(store.nodes(Enterprise)["source"]) == {name}


def test_a_source_with_its_own_row_stands_for_its_name(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    run(
        store,
        put(tmp_path / "sources.csv", "编号,名称,发布单位\nyb-2022,青岛统计年鉴,统计局\n"),
        firm(tmp_path, "甲公司,,,,,青岛统计年鉴,", "乙公司,,,,,yb-2022,"),
    )
    assert store.nodes(Source).select("id", "name", "source", "publisher").rows() == [
        ("yb-2022", "青岛统计年鉴", "yb-2022", "统计局")
    ]
    assert set(store.nodes(Enterprise)["source"]) == {"yb-2022"}


def test_many_rows_about_one_thing_do_not_take_for_ever(tmp_path: Path) -> None:
    rows = [f"甲公司,甲{number},,,,年鉴," for number in range(400)] + [
        f"公司{number},,,,,年鉴," for number in range(20_000)
    ]
    assert counts(run(new_store(tmp_path), firm(tmp_path, *rows), dry=True)) == {
        "read": 20_400,
        "new": 20_001,
        "same": 399,
    }


STATUS = st.sampled_from(list(RANK))
ROW = st.tuples(
    st.sampled_from("ab"),
    STATUS,
    st.none() | st.sampled_from("xyz"),
    st.none() | st.sampled_from("xyz"),
    st.sampled_from("st"),
)


Cells = tuple[str, str, str | None, str | None, str]


def _frame(rows: list[Cells]) -> pl.DataFrame:
    full = [
        {
            "id": key,
            "name": key,
            "status": status,
            "description": text,
            "aliases": [alias] if alias else None,
            "source": source,
            "confidence": 0.5,
        }
        for key, status, text, alias, source in rows
    ]
    return pl.DataFrame(full, schema=schema(Chain))


def _any_order(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return row and row | {"aliases": sorted(row["aliases"] or [])}


@settings(max_examples=100)
@given(st.lists(ROW, max_size=3, unique_by=lambda row: row[0]), st.lists(ROW, min_size=1, max_size=6))
def test_merging_is_the_fold_of_the_rows_in_their_order(there: list[Cells], rows: list[Cells]) -> None:
    """Against the rule written out row by row; and merging the same rows again changes nothing."""
    old = {row["id"]: row for row in _frame(there).iter_rows(named=True)}
    expected = {key: dict(row) for key, row in old.items()}
    for row in _frame(rows).iter_rows(named=True):
        base = expected.setdefault(row["id"], dict(row))
        weaker = RANK[row["status"]] < RANK[base["status"]]
        base["description"] = (
            (base["description"] or row["description"]) if weaker else (row["description"] or base["description"])
        )
        base["aliases"] = list(dict.fromkeys([*(base["aliases"] or []), *(row["aliases"] or [])])) or None
        if not weaker:
            base["status"], base["source"] = row["status"], row["source"]
    numbered = _frame(rows).with_columns(pl.int_range(pl.len()).alias(ORDER))
    merged = merge(numbered, _frame(there), Chain, ["id"], "now")
    compared = [name for name in columns(Chain) if name not in ("recorded_at", FIELD_SOURCES)]
    written = {row["id"]: row for row in pl.concat([merged.new, merged.changed]).select(compared).iter_rows(named=True)}
    for key in {row[0] for row in rows}:
        final = {name: expected[key][name] for name in compared}
        before = {name: old[key][name] for name in compared} if key in old else None
        # what is written may differ in field_sources alone
        assert _any_order(written.get(key, before)) == _any_order(final)
    outcomes = merged.outcomes[OUTCOME].to_list()
    assert (outcomes.count("new"), outcomes.count("changed")) == (len(merged.new), len(merged.changed))
    untouched = _frame(there).filter(~pl.col("id").is_in(merged.changed["id"].implode())).select(merged.new.columns)
    full = pl.concat([merged.new, merged.changed, untouched])
    again = merge(numbered, full, Chain, ["id"], "later")
    assert set(again.outcomes[OUTCOME]) == {"same"}


def test_edges_of_the_model_are_what_these_tests_take_them_for() -> None:
    assert (Supplies.type_name, Leads.type_name) == EDGES
    assert Supplies.table.key == ("product",)


def test_the_ranks_are_those_by_which_everything_else_goes() -> None:
    assert (
        sorted(RANK, key=lambda status: -RANK[status])
        == sorted(STATUS_ORDER, key=lambda status: STATUS_ORDER[status])
        == list(STATUS_ZH)
    )


def test_roles_and_aliases_add_up_whoever_says_them(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    for number, (role, alias, status) in enumerate(
        [("链主", "老甲", "据报道"), ("配套企业", "小甲", "已证实"), ("专精特新", "甲厂", "示例")]
    ):
        rows = f"编号,名称,角色,别名,状态,来源\na,甲公司,{role},{alias},{status},s{number}\n"
        run(store, put(tmp_path / str(number) / "enterprises.csv", rows))
    (firm_row,) = store.nodes(Enterprise).select("roles", "aliases").rows()
    assert [sorted(words) for words in firm_row] == [
        sorted(["链主", "配套企业", "专精特新"]),
        sorted(["老甲", "小甲", "甲厂"]),
    ]


def test_what_is_remembered_tells_what_the_load_told_and_is_of_one_kind(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    heads = "编号,名称,统一社会信用代码,来源,电话\n"
    path = put(tmp_path / "t.csv", f"{heads}a,甲公司,91110000600037341L,年鉴,1\nb,甲公司,91370200MA3TXXXXX1,年鉴,2\n")
    first = run(store, path, kind=Enterprise)
    again = run(store, path, kind=Enterprise)
    assert first.conflicts
    assert (again.conflicts, again.warnings) == (first.conflicts, first.warnings)
    assert counts(again) == {"read": 2, "same": 2}
    unnamed = put(tmp_path / "u.csv", "名称,来源\n甲件,年鉴\n")
    assert counts(run(store, unnamed, kind=Product)) == {"read": 1, "new": 1}
    assert counts(run(store, unnamed, kind=Cluster)) == {"read": 1, "new": 1}, (
        "the same file as another kind is not done yet"
    )


def test_who_does_two_things_in_one_project_does_two(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    put(tmp_path / "in" / "enterprises.csv", "编号,名称,来源\na,甲公司,年鉴\n")
    put(tmp_path / "in" / "projects.csv", "编号,名称,来源\np,甲项目,年鉴\n")
    put(tmp_path / "in" / "参与.csv", "参与方,参与对象,角色,来源\na,p,设计,年鉴\na,p,施工,年鉴\n")
    run(store, tmp_path / "in")
    rows = rows_of(store, "MATCH (a:Enterprise)-[r:PARTICIPATES_IN]->(b:Project) RETURN r.role AS role ORDER BY role")
    assert [row["role"] for row in rows] == ["施工", "设计"]


@settings(max_examples=20)
@given(st.permutations([["乙", "甲", "丙"], ["甲"], ["丙", "乙"], ["丁", "甲"], None]))
def test_aliases_are_the_same_whichever_row_came_first(said: list[list[str] | None]) -> None:
    graph = pl.DataFrame(schema=schema(Enterprise))
    for _ in range(2):
        for number, aliases in enumerate(said):
            row = {
                "id": "a",
                "name": "甲公司",
                "aliases": aliases,
                "source": "s",
                "status": "reported",
                "confidence": 0.8,
            }
            incoming = pl.DataFrame([row], schema=schema(Enterprise)).with_columns(pl.lit(number).alias(ORDER))
            done = merge(incoming, graph, Enterprise, ["id"], "2026-01-01")
            graph = pl.concat([done.new, done.changed, graph]).unique("id", keep="first").select(graph.columns)
    assert graph["aliases"].to_list() == [["丁", "丙", "乙", "甲"]]
