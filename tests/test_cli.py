"""The command, run as its user runs it."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypinyin import lazy_pinyin
from typer.testing import CliRunner

from api.commands import app, main
from api.core.output import explain
from loaders.report import Reject, Report
from queries.core.cache import CACHE

STORY = Path(__file__).parent / "data" / "story"


def run(*arguments: str, store: str, check: int | None = 0, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in this process, as a shell would: with arguments, an environment and outputs of its own, and nothing kept."""
    CACHE.forget()
    out, err = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["lianzhang", *arguments])
        for name, value in {"LIANZHANG_STORE": store, "COLUMNS": "80", **environment}.items():
            patch.setenv(name, value)
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    done = subprocess.CompletedProcess(["lianzhang", *arguments], code, out.getvalue(), err.getvalue())
    assert check is None or done.returncode == check, (done.stdout[-2000:], done.stderr[-2000:])
    return done


def run_apart(
    *arguments: str, store: str, check: int | None = 0, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    command = [sys.executable, "-c", "from api.cli import main; main()", *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
        env={**os.environ, "LIANZHANG_STORE": store, **environment},
    )  # fmt: skip
    assert check is None or done.returncode == check, (done.stdout[-2000:], done.stderr[-2000:])
    return done


@pytest.fixture(scope="module")
def story_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of an embedded store with the story in it, loaded by the command."""
    folder = tmp_path_factory.mktemp("cli")
    url = f"ladybug://{folder}/graph.lbug"
    done = run("load", str(STORY), "--format", "json", "--report", str(folder / "report.json"), store=url)
    report = json.loads(done.stdout)
    assert json.loads((folder / "report.json").read_text("utf-8")) == report
    assert (report["read"], report["new"], report["changed"], report["same"], report["rejected"]) == (17, 17, 0, 0, [])
    return url


def test_loading_again_reports_everything_as_same(story_url: str) -> None:
    report = json.loads(run("load", str(STORY), "--format", "json", store=story_url).stdout)
    assert (report["read"], report["new"], report["changed"], report["same"], report["rejected"]) == (17, 0, 0, 17, [])


@pytest.mark.parametrize(
    "arguments", [("chains", "--format", "json"), ("suppliers", "示例甲", "--format", "csv"), ("suppliers", "nobody")]
)
def test_a_process_says_what_this_process_says(story_url: str, arguments: tuple[str, ...]) -> None:
    apart, here = (start(*arguments, store=story_url, check=None) for start in (run_apart, run))
    assert (apart.returncode, apart.stdout, apart.stderr) == (here.returncode, here.stdout, here.stderr)


def test_suppliers_as_json_table_and_csv(story_url: str) -> None:
    rows = json.loads(run("suppliers", "示例甲", "--tiers", "2", "--format", "json", store=story_url).stdout)
    assert rows[0]["supplier"] == {"id": "b", "name": "示例乙芯片有限公司"}
    assert {"tier", "supplier", "customer", "product", "status", "source"} <= set(rows[0])
    assert {row["tier"] for row in rows} == {1, 2}
    table = run("suppliers", "示例甲", store=story_url).stdout
    assert "示例乙芯片有限公司" in table
    assert "已证实" in table
    parsed = list(csv.DictReader(io.StringIO(run("suppliers", "slj", "--format", "csv", store=story_url).stdout)))
    assert [row["供应商编号"] for row in parsed] == [row["supplier"]["id"] for row in rows if row["tier"] == 1]


def test_customers_paths_search_chains(story_url: str) -> None:
    assert json.loads(run("customers", "c", "--format", "json", store=story_url).stdout)[0]["customer"]["id"] == "b"
    assert json.loads(run("paths", "d", "a", "--format", "json", store=story_url).stdout)[0]["length"] == 1
    assert json.loads(run("search", "示例链", "--format", "json", store=story_url).stdout)[0]["id"] == "demo"
    assert json.loads(run("chains", "--format", "json", store=story_url).stdout)[0]["counts"]["segments"] == {
        "curated": 2
    }


def test_cypher_is_read_only_and_takes_parameters(story_url: str) -> None:
    query = "MATCH (e:Enterprise) WHERE e.id = $id RETURN e.name AS name"
    rows = json.loads(run("cypher", query, "--param", "id=a", "--format", "json", store=story_url).stdout)
    assert rows == [{"name": "示例甲整机有限公司"}]
    limited = run(
        "cypher",
        "MATCH (e:Enterprise) RETURN e.id AS id ORDER BY id",
        "--limit",
        "2",
        "--format",
        "json",
        store=story_url,
    )
    assert json.loads(limited.stdout) == [{"id": "a"}, {"id": "b"}]
    assert "--limit" in limited.stderr
    refused = run("cypher", "CREATE (c:Chain {id: 'x'})", store=story_url, check=1)
    assert "只读" in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["suppliers", "没有这家"], 1, "图中没有企业"),
        (["suppliers", "a", "--tiers", "99"], 2, "less than or equal to 10"),
        (["suppliers"], 2, "NAME"),
        (["nonsense"], 2, "nonsense"),
        (["load", "no-such-file.csv"], 1, "没有这个文件"),
        (["load", __file__], 1, "不支持的文件类型"),
        (["search", "x", "--without", "nonsense"], 1, "没有这种数据状态"),
        (["template", "nonsense", "--out", "x.xlsx"], 1, "没有"),
        (["cypher", "RETURN $x AS x", "--param", "x"], 2, "名称=值"),
        (["serve", "--host", "0.0.0.0"], 1, "LIANZHANG_API_KEY"),
    ],
)
def test_what_is_wrong_is_said_without_a_traceback(
    story_url: str, arguments: list[str], code: int, message: str
) -> None:
    done = run(*arguments, store=story_url, check=code)
    assert message in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert done.stdout == "" or arguments[0] == "load"


def test_a_store_that_is_empty_or_gone(tmp_path: Path) -> None:
    assert "lianzhang load seeds" in run("chains", store=f"ladybug://{tmp_path}/g.lbug", check=1).stderr
    assert "请确认服务已启动" in run("chains", store="bolt://127.0.0.1:1", check=1).stderr
    assert "不认识的存储地址" in run("chains", store="mysql://x", check=1).stderr


def test_bad_rows_are_written_where_they_can_be_mended(story_url: str, tmp_path: Path) -> None:
    source = tmp_path / "enterprises.csv"
    source.write_text("名称,统一社会信用代码,来源,状态\n示例好有限公司,,名录,示例\n示例坏有限公司,,,示例\n", "utf-8")
    done = run(
        "load",
        str(source),
        "--rejects",
        str(tmp_path / "out"),
        "--format",
        "json",
        store=f"ladybug://{tmp_path}/g.lbug",
        check=1,
    )
    report = json.loads(done.stdout)
    assert (report["read"], report["new"], len(report["rejected"])) == (2, 1, 1)
    reject = report["rejected"][0]
    assert (reject["row"], reject["column"]) == (3, "来源")
    assert "缺少来源" in reject["reason"]
    heads, row = openpyxl.load_workbook(tmp_path / "out" / "enterprises-rejects.xlsx").active.values
    told = dict(zip(heads, row, strict=True))
    assert told["名称"] == "示例坏有限公司"
    assert "缺少来源" in told["拒收原因"]


def test_a_file_that_is_refused_is_told_by_its_name_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a[" / "x]b" / "乱.csv"
    path.parent.mkdir(parents=True)
    path.write_text("名称\n甲\n", "utf-8")
    done = run("load", str(path), store=f"ladybug://{tmp_path}/graph.lbug", check=1)
    assert f"未载入 {path}: " in done.stderr


def test_a_dry_run_reports_the_same_and_writes_nothing(tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    dry = json.loads(run("load", str(STORY), "--dry-run", "--format", "json", store=url).stdout)
    assert not (tmp_path / "g.lbug").exists()
    wet = json.loads(run("load", str(STORY), "--format", "json", store=url).stdout)
    assert [dry[name] for name in ("read", "new", "changed", "same", "rejected")] == [
        wet[name] for name in ("read", "new", "changed", "same", "rejected")
    ]


def test_schema_in_its_forms(story_url: str) -> None:
    import jsonschema

    assert "统一社会信用代码" in run("schema", store=story_url).stdout
    model = json.loads(run("schema", "--format", "json", store=story_url).stdout)
    labels = {node["type"] for node in model["nodes"]}
    asked = "Chain Segment Product Enterprise Project Cluster Park Region Agency Platform Challenge Scenario Event Task Statement Source"
    assert set(asked.split()) <= labels
    document = json.loads(run("schema", "--format", "jsonschema", store=story_url).stdout)
    jsonschema.Draft202012Validator.check_schema(document)
    validator = jsonschema.Draft202012Validator(document | {"$ref": "#/$defs/Enterprise"})
    assert validator.is_valid({"name": "示例", "source": "s"})
    assert not validator.is_valid({"name": "示例"})
    assert not validator.is_valid({"name": "示例", "source": "s", "confidence": 2})


def test_drawing_a_chain_and_a_firm(story_url: str, tmp_path: Path) -> None:
    for name in ("示例链", "示例甲"):
        out = tmp_path / "deep" / f"{name}.html"
        run("draw", name, "--out", str(out), store=story_url)
        page = out.read_text("utf-8")
        assert name in page
        assert "示例名录" in page  # the source by its name
        assert 'src="http' not in page
        assert 'href="http' not in page


def test_chinese_under_a_plain_locale(story_url: str) -> None:
    done = run("search", "示例链", "--format", "json", store=story_url, LC_ALL="C", LANG="C")
    assert "示例链" in done.stdout


def test_help_teaches() -> None:
    done = run("--help", store="ladybug:///nowhere/g.lbug")
    for command in (
        "load",
        "suppliers",
        "customers",
        "paths",
        "search",
        "chains",
        "cypher",
        "draw",
        "schema",
        "template",
        "serve",
    ):
        assert command in done.stdout
        assert "--help" in run(command, "--help", store="ladybug:///nowhere/g.lbug").stdout


RISK = {
    "edges": "supplier,buyer,amount\na,b,10\nb,c,5\n",
    "firms": "firm,industry\na,x\nb,y\nc,y\nd,y\n",
    "essentiality": "industry,x,y\nx,0,2\ny,1,0\n",
}


def risk(folder: Path, *more: str, check: int = 0, **files: str) -> subprocess.CompletedProcess[str]:
    """Run systemic-risk on small files: a sells 10 to b, which sells 5 to c."""
    for name, text in (RISK | files).items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    names = [word for name in RISK for word in (f"--{name}", str(folder / f"{name}.csv"))]
    return run("systemic-risk", *names, "--out", str(folder / "out.csv"), *more, store="", check=check)


def test_systemic_risk_of_each_firm(tmp_path: Path) -> None:
    done = risk(tmp_path)
    assert "4 个情景" in done.stderr
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["firm", "esri", "downstream", "upstream"]
    # Without a nothing is made; without b a sells nothing; without c b sells nothing, and so a; d stands alone.
    assert [(row["firm"], float(row["esri"])) for row in rows] == [("a", 1.0), ("b", 1.0), ("c", 1.0), ("d", 0.0)]
    assert [float(row["downstream"]) for row in rows] == pytest.approx([1, 1 / 3, 0, 0])


def test_systemic_risk_of_a_scenario_with_weights(tmp_path: Path) -> None:
    (tmp_path / "half.csv").write_text("firm,capacity\na,0.5\n", "utf-8")
    (tmp_path / "weights.csv").write_text("firm,weight\na,1\nb,1\nc,1\nd,1\n", "utf-8")
    risk(
        tmp_path, "--substitution", "--scenario", str(tmp_path / "half.csv"), "--weights", str(tmp_path / "weights.csv")
    )
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text("utf-8").splitlines()))
    # Half of a is gone, and with it half of b, whose only input it is; c does not need b's goods.
    assert [tuple(row.values()) for row in rows] == [("half", "0.25", "0.25", "0.125")]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"edges": "supplier,buyer,amount\na,z,1\n"}, "第 2 行的 buyer 'z'"),
        ({"edges": "supplier,buyer,amount\na,b,1\na,b,nan\n"}, "第 3 行的 amount 'nan' 不是数字"),
        ({"edges": "supplier,buyer,amount\na,b,-1\n"}, "amount 不能为负"),
        ({"edges": "supplier,buyer\na,b\n"}, "缺少列 amount"),
        ({"edges": ""}, "缺少列 supplier、buyer、amount"),
        ({"firms": "firm,industry\na,x\na,x\n"}, "第 3 行的 firm 'a' 已经出现过"),
        ({"firms": "firm,industry\na,q\nb,x\nc,x\nd,x\n"}, "第 2 行的 industry 'q'"),
        ({"essentiality": "industry,x,y\ny,0,2\nx,1,0\n"}, "第一列的行业应与表头的行业相同"),
        ({"essentiality": "industry,x,y\nx,0,7\ny,1,0\n"}, "essentiality 应为 0 至 2"),
    ],
)
def test_systemic_risk_says_what_is_wrong_in_a_file(tmp_path: Path, files: dict[str, str], told: str) -> None:
    done = risk(tmp_path, check=1, **files)
    assert told in done.stderr.replace("\n", "")
    assert "Traceback" not in done.stderr


def test_a_closed_stdout_and_a_store_without_a_file_give_no_traceback(story_url: str) -> None:
    closed = f"exec {sys.executable} -c 'from api.cli import main; main()' chains >&-"
    done = subprocess.run(
        ["sh", "-c", closed],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LIANZHANG_STORE": story_url},
    )
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "没有写明文件" in run("chains", "--store", "ladybug:///", store=story_url, check=1).stderr


@pytest.fixture
def ask(story_url: str) -> Callable[..., Any]:
    """Run a command in this process over the story."""

    def run_here(*arguments: str, store: str = story_url) -> Any:
        return CliRunner().invoke(app, [*arguments, "--store", store])

    return run_here


def test_every_limit_of_a_command_reaches_its_question(ask: Callable[..., Any]) -> None:
    firms = json.loads(ask("search", "示例", "--format", "json").stdout)
    assert len(firms) > 2
    for command in (["search", "示例", "--most"], ["cypher", "MATCH (n) RETURN n.id AS id", "--limit"]):
        for most in ("1", "2"):
            assert len(json.loads(ask(*command, most, "--format", "json").stdout)) == int(most), command
    cut = ask("cypher", "MATCH (n) RETURN n.id AS id", "--limit", "2")
    assert "只显示前 2 行，可用 --limit 调整" in cut.stderr
    tiers = [
        len(json.loads(ask("suppliers", "a", "--tiers", number, "--format", "json").stdout)) for number in ("1", "2")
    ]
    assert tiers[0] < tiers[1]


def test_a_firm_is_told_unless_it_was_named_as_it_is(ask: Callable[..., Any], story_url: str) -> None:
    (firm,) = json.loads(
        ask("cypher", "MATCH (e:Enterprise {id: 'a'}) RETURN e.id AS id, e.name AS name", "--format", "json").stdout
    )
    for word in (firm["id"], firm["name"], f" {firm['name']} "):
        assert "”是 " not in ask("suppliers", word).stderr
    spelt = "".join(lazy_pinyin(firm["name"]))
    assert f"“{spelt}”是 {firm['name']}(a)" in ask("suppliers", spelt).stderr


@pytest.mark.parametrize("rows", [19, 20, 21])
def test_every_refused_row_is_told_by_itself_or_in_the_sum(rows: int, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(warnings=["一列没有用到"])
    report.rejected = [
        Reject("表.xlsx", number, "名称", "", "缺少必填项" if number % 3 else "缺少来源", "企业")
        for number in range(rows)
    ]
    explain(report)
    said = capsys.readouterr().err
    told = said.count("拒收 表.xlsx [企业] 第 ")
    assert told == min(rows - 1, 20) if rows <= 20 else told == 19  # the row without a number is told without one
    assert (f"共拒收 {rows} 行" in said) == (rows > 20)
    assert "注意: 一列没有用到" in said
    if rows > 20:
        sums = said.split("主要原因:")[1].splitlines()
        assert [line.split()[0] for line in sums[1:3]] == ["14", "7"]


def test_bad_rows_of_any_command_end_with_1(tmp_path: Path) -> None:
    good, bad = '{"supplier": "a", "name": "甲", "products": [{"name": "电池"}]}\n', "不是 JSON\n"
    for text, code in ((good, 0), (good + bad, 1)):
        (tmp_path / "offers.jsonl").write_text(text, "utf-8")
        (tmp_path / "needs.jsonl").write_text('{"need": "1", "text": "电池"}\n', "utf-8")
        names = [word for name in ("offers", "needs") for word in (f"--{name}", str(tmp_path / f"{name}.jsonl"))]
        assert CliRunner().invoke(app, ["match", *names, "--out", str(tmp_path / "out.jsonl")]).exit_code == code
        (tmp_path / "links.jsonl").write_text('{"firm": "a", "item": "b"}\n' + text.removeprefix(good), "utf-8")
        assert (
            CliRunner().invoke(app, ["backtest", "--links", str(tmp_path / "links.jsonl"), "--seeds", "1"]).exit_code
            == code
        )
        table = tmp_path / f"{code}" / "enterprises.csv"
        table.parent.mkdir()
        table.write_text(f"名称,来源\n甲公司,年鉴\n乙公司,{'' if code else '年鉴'}\n", "utf-8")
        load = ["load", str(table), "--dry-run", "--store", f"ladybug://{tmp_path}/g.lbug"]
        assert CliRunner().invoke(app, load).exit_code == code


@pytest.mark.parametrize("console", ["gbk:strict", "ascii"])
def test_what_is_written_to_a_file_is_utf8_whatever_the_console(tmp_path: Path, console: str) -> None:
    """On Chinese Windows a redirected output is GBK, which lacks some signs of names."""
    store, name = f"ladybug://{tmp_path}/g.lbug", "示例𠮷电子·№𬭚有限公司"
    (tmp_path / "企业.csv").write_text(f"企业名称,来源\n{name},示例名录\n", "utf-8")
    run_apart("load", str(tmp_path / "企业.csv"), store=store, PYTHONIOENCODING=console)
    for format in ("csv", "table"):
        told = run_apart("search", "示例𠮷", "--format", format, store=store, PYTHONIOENCODING=console)
        assert name in told.stdout
        assert "Traceback" not in told.stderr
    told = run_apart("search", "没有𠮷", store=store, check=None, PYTHONIOENCODING=console)
    assert "Traceback" not in told.stderr
