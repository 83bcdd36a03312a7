import json
import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote

import polars as pl
import pytest
from fastapi.testclient import TestClient
from view_parts import rows_with_once, under

from api.app import create_app
from api.core.links import SiteLinks
from api.core.page import error_page
from graph.errors import Ambiguous, StoreUnavailable
from graph.model import EDGES, NODE_TYPES, NODES, ends_of, searched
from graph.settings import Settings
from graph.statuses import STATUS_ZH
from graph.stores import Store, open_store
from loaders.run import load
from queries.core.words import show_amount, show_number
from queries.names.search import find_enterprise
from queries.things.chains import list_chains
from queries.things.facts import facts_of
from queries.things.things import list_figures

ROOT = Path(__file__).parent.parent

ODD_ID = "ent/甲 ?#%&\"'<b>"
EVIL = "<script>alert(1)</script>"


class Addresses(HTMLParser):
    """Collects every address that a page refers to, and whether it runs scripts of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.found += [value for name, value in attrs if name in ("href", "src", "action") and value]
        if tag == "script" and "src" not in named:
            self.inline.append(named)
        assert not any(name == "style" or name.startswith("on") for name in named), (tag, attrs)


def addresses(page: str) -> Addresses:
    """Return what a page refers to."""
    parser = Addresses()
    parser.feed(page)
    return parser


def picture_of(page: str) -> dict[str, Any]:
    """Return the data of a page's picture."""
    picture: dict[str, Any] = json.loads(page.split('id="picture-data">')[1].split("</script>")[0])
    return picture


@pytest.fixture
def odd_client(tmp_path: Path) -> TestClient:
    """A client over a small graph with an odd id, odd names and one supply relation."""
    quoted = '"' + ODD_ID.replace('"', '""') + '"'
    rows = {
        "chains.csv": f"id,name,source,status\nodd/链?,{EVIL},s,sample\n",
        "segments.csv": f"id,name,chain,tier,source,status\nseg/1,{EVIL},odd/链?,上游,s,sample\n",
        "enterprises.csv": f"id,name,segments,source,status\n{quoted},示例甲厂,seg/1,s,sample\nb,示例乙厂,,s,curated\n",
        "supplies.csv": "supplier,customer,product,source,status\n示例甲厂,示例乙厂,示例零件,s,sample\n",
    }
    for name, text in rows.items():
        (tmp_path / name).write_text(text, "utf-8")
    store = open_store(f"ladybug://{tmp_path}/odd.lbug")
    report = load([tmp_path / name for name in rows], store)
    assert not report.rejected
    return TestClient(create_app(store, Settings()))


@pytest.fixture
def empty_client(tmp_path: Path) -> TestClient:
    """A client over an empty graph."""
    return TestClient(create_app(open_store(f"ladybug://{tmp_path}/empty.lbug"), Settings()))


def test_the_stock_lists_every_chain_with_its_counts_by_status(client: TestClient, seeded_store: Store) -> None:
    page = client.get("/stock").text
    chains = list_chains(under(seeded_store))
    assert len(chains) == 24
    for chain in chains:
        assert f">{chain.name}</a>" in page
        assert f'href="/chains/{quote(chain.id, safe="")}"' in page
    counted = {
        "环节": "(n:Segment)-[:PART_OF]->(c:Chain)",
        "产品": "(n:Product)-[:BELONGS_TO]->(:Segment)-[:PART_OF]->(c:Chain)",
        "链主": "(n)-[:LEADS]->(c:Chain)",
        "项目": "(n:Project)-[:ON_CHAIN]->(c:Chain)",
        "数据": "(n:Statement)-[:ABOUT]->(c:Chain)",
    }
    for zh, pattern in counted.items():
        there = {
            row["c"]: row["n"]
            for row in seeded_store.read(f"MATCH {pattern} RETURN c.id AS c, count(DISTINCT n.id) AS n").rows
        }
        shown = dict(
            re.findall(
                rf'<a href="/chains/([^"]+)">(?:(?!<a href="/chains/).)*?<dt>{zh}</dt><dd>(\d+)</dd>', page, re.DOTALL
            )
        )
        assert {id: int(number) for id, number in shown.items()} == {
            chain.id: there.get(chain.id, 0) for chain in chains
        }, zh


def test_the_table_of_chains_has_a_row_each(client: TestClient) -> None:
    page = client.get("/stock?view=table").text
    assert page.count("<tr><td") == 24
    assert client.get("/stock?view=other").status_code == 422


def test_every_chain_page_opens_and_shows_status_and_source_in_every_row(
    client: TestClient, seeded_store: Store
) -> None:
    for chain in list_chains(under(seeded_store)):
        assert client.get(f"/chains/{chain.id}").status_code == 200
        answer, records = client.get(f"/chains/{chain.id}/graph"), client.get(f"/chains/{chain.id}/records")
        assert (answer.status_code, records.status_code) == (200, 200)
        mains = answer.text.split("<main")[1] + records.text.split("<main")[1]
        main = re.sub(r'<table class="data" id="table-gap-moves">.*?</table>', "", mains, flags=re.DOTALL)
        body = rows_with_once(main)
        assert len(body) == main.count("<tr><td")
        founded = [row for row in body if "state-unknown" not in row]  # an unknown state rests on nothing
        assert all('class="status status-' in row for row in founded)
        assert all('class="source"' in row or 'href="/sources/' in row or "来源" in row for row in body)
        assert picture_of(answer.text)["nodes"]


def test_pages_refer_only_to_this_site_and_run_no_inline_script(client: TestClient) -> None:
    paths = ("/", "/stock?view=table", "/chains", "/gaps", "/chains/new-energy-vehicles", "/chains/new-energy-vehicles/graph", "/enterprises", "/search?q=hxsx", "/sources", "/about", "/nothing", "/rules",
             "/figures", "/things/Region/3702", "/things/Segment/new-energy-vehicles.battery")  # fmt: skip
    for path in paths:
        page = addresses(client.get(path).text)
        assert all(re.match(r"/(?!/)|#", address) for address in page.found), path
        assert all(script.get("type") == "application/json" for script in page.inline), path


def test_links_of_a_page_lead_somewhere(client: TestClient) -> None:
    seen: set[str] = set()
    for path in (
        "/",
        "/chains/smart-appliances?without=sample",
        "/chains/smart-appliances/graph",
        "/chains/smart-appliances/records?without=sample",
        "/sources",
        "/figures",
        "/search?q=链",
        "/things/Segment/new-displays.panels",
    ):
        page = client.get(path).text
        links = {address for address in addresses(page).found if not address.startswith("#")}
        links = {
            address for address in links if not address.startswith((f"{path}?without=", f"{path}&without="))
        }  # may hide the thing itself
        links |= (
            {fact["href"] for fact in picture_of(page)["facts"].values() if fact.get("href")}
            if "picture-data" in page
            else set()
        )
        for address in links - seen:
            assert client.get(address).status_code == 200, (path, address)
        seen |= links
    assert {address.split("/")[1].partition("?")[0] for address in seen} >= {
        "chains",
        "enterprises",
        "things",
        "sources",
        "figures",
    }


def test_what_is_switched_off_is_gone_and_stays_off_in_links(client: TestClient) -> None:
    page = client.get("/stock?without=curated,sample").text
    main = page.split("<main")[1].split("</main>")[0]
    assert "示例 " not in re.sub(r'<p class="meanings">.*?</p>', "", main, flags=re.DOTALL)
    scopes = page.split('<div class="scopes"')[1].split("</div>")[0]
    assert "aria-current" not in scopes  # a choice of its own, without a name
    for name, words in {
        "全部": "",
        "不含示例": "?without=sample",
        "只用有来源的": "?without=sample,curated,inferred",
    }.items():
        assert f'aria-current="true">{name}</a>' in client.get(f"/stock{words}").text
    links = [address for address in addresses(main).found if address.startswith("/chains/")]
    assert links
    assert all("without=curated%2Csample" in address for address in links)
    assert client.get("/stock?without=nonsense").status_code == 422
    assert "没有这种数据状态" in client.get("/stock?without=nonsense").text


def scopes_of(page: str) -> dict[str, str]:
    """Return where each named scope of a page leads."""
    part = page.split('<div class="scopes"')[1].split("</div>")[0]
    return {name: unescape(href) for href, name in re.findall(r'<a href="([^"]*)"[^>]*>([^<]*)</a>', part)}


def test_what_else_is_asked_for_stays_but_the_page_of_the_list_begins_anew(
    client: TestClient, seeded_store: Store
) -> None:
    assert scopes_of(client.get("/enterprises?q=a%26b&page=2&without=curated").text) == {
        "全部": "/enterprises?q=a%26b",
        "不含示例": "/enterprises?q=a%26b&without=sample",
        "只用有来源的": "/enterprises?q=a%26b&without=sample%2Ccurated%2Cinferred",
    }
    assert scopes_of(client.get("/enterprises?page=2").text)["全部"] == "/enterprises"
    _, following = list_figures(under(seeded_store), "", 2)
    assert following
    assert scopes_of(client.get("/figures", params={"after": following}).text)["全部"] == "/figures"


def test_the_scopes_of_a_page_about_an_odd_id_lead_to_that_page(odd_client: TestClient) -> None:
    path = f"/enterprises/{quote(ODD_ID, safe='')}"
    leading = scopes_of(odd_client.get(path).text)
    assert leading["全部"] == path
    assert leading["不含示例"] == f"{path}?without=sample"
    assert "示例甲厂" in odd_client.get(leading["全部"]).text


def test_a_chain_without_segments_left_says_so(client: TestClient) -> None:
    page = client.get("/chains/exhibitions/graph?without=curated,sample").text
    assert "显示全部数据" in page or "picture-data" in page


def test_search_groups_hits_and_tells_why(client: TestClient) -> None:
    page = client.get("/search?q=hxsx").text
    assert "海信视像" in page
    assert "按拼音首字母" in page
    assert "没有找到" in client.get("/search?q=zzzzzzzz").text
    assert client.get("/search").status_code == 200


def test_firms_are_paged_and_filtered(client: TestClient) -> None:
    first = client.get("/enterprises").text
    following = re.search(r'href="(/enterprises\?page=[^"]+)"', first)
    assert following
    second = client.get(unescape(following.group(1))).text
    ids = [set(re.findall(r'href="(/enterprises/[^"?]+)', page)) for page in (first, second)]
    assert all(ids)
    assert not ids[0] & ids[1]
    assert "没有" in client.get("/enterprises?page=999").text
    assert "海信视像" in client.get("/enterprises", params={"q": "海信视像"}).text


def test_a_firm_page_shows_suppliers_and_customers_with_product_status_and_source(odd_client: TestClient) -> None:
    page = odd_client.get(f"/enterprises/{quote(ODD_ID, safe='')}?tiers=3")
    assert page.status_code == 200
    assert "示例零件" in page.text
    picture = picture_of(page.text)
    assert [edge["rows"][0]["detail"] for edge in picture["edges"]] == ["示例零件"]
    assert odd_client.get(f"/enterprises/{quote(ODD_ID, safe='')}?tiers=9").status_code == 422
    tiers = re.search(r'href="(/enterprises/[^"]*tiers=2)"', page.text)
    assert tiers
    assert odd_client.get(unescape(tiers.group(1))).status_code == 200


def test_pictures_are_sent_as_files_that_stand_alone(odd_client: TestClient, client: TestClient) -> None:
    firm = f"/enterprises/{quote(ODD_ID, safe='')}"
    for by in ("product", "segment", "district"):
        assert odd_client.get(firm, params={"by": by}).status_code == 200
        sent = odd_client.get(f"{firm}/picture.html", params={"by": by, "tiers": 2})
        assert (sent.status_code, sent.headers["content-disposition"][:10]) == (200, "attachment")
        assert "<link" not in sent.text
    assert odd_client.get(firm, params={"by": "size"}).status_code == 422
    sent = client.get("/chains/exhibitions/picture.html")
    assert picture_of(sent.text)["title"].endswith("产业链")
    assert client.get("/chains/no-such/picture.html").status_code == 404


def test_names_are_escaped_everywhere(odd_client: TestClient) -> None:
    for path in (
        "/",
        "/stock",
        f"/chains/{quote('odd/链?', safe='')}",
        f"/chains/{quote('odd/链?', safe='')}/graph",
        f"/chains/{quote('odd/链?', safe='')}/records",
        "/search?q=script",
        f"/search?q={quote(EVIL)}",
        f"/{quote(EVIL)}",
    ):
        answer = odd_client.get(path)
        assert EVIL not in answer.text, path
        assert "alert(1)" in answer.text or path.startswith("/%3C"), path


def test_an_empty_graph_says_what_to_do(empty_client: TestClient) -> None:
    assert "还没有名录" in empty_client.get("/").text
    assert "图还是空的" in empty_client.get("/stock").text
    for path in ("/", "/enterprises", "/sources"):
        assert 'href="/loads"' in empty_client.get(path).text
        assert "lianzhang load" not in empty_client.get(path).text
    assert empty_client.get("/about").status_code == 200


def test_pages_say_of_a_supply_until_when_it_held(client: TestClient, seeded_store: Store) -> None:
    for address in (
        f"/enterprises/{find_enterprise(under(seeded_store), '示例城市配送').id}",
        "/chains/modern-logistics/records",
    ):
        assert "有效期止 2022-05" in client.get(address).text


def test_error_pages_are_chinese_and_say_what_to_do(client: TestClient) -> None:
    missing = client.get("/chains/nothing")
    assert missing.status_code == 404
    assert "可以这样做" in missing.text
    assert missing.headers["content-type"].startswith("text/html")
    assert client.get("/sources/nothing").status_code == 404
    assert client.get("/enterprises/nothing").status_code == 404
    elsewhere = client.get("/enterprises/nothing?without=sample").text
    assert 'href="/figures?without=sample"' in elsewhere, "what was switched off stays off"
    assert 'href="/figures"' in client.get("/enterprises/nothing?without=nonsense").text


def test_the_error_page_needs_no_store_and_lists_candidates(client: TestClient) -> None:
    from starlette.requests import Request

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [],
        "app": client.app,
    }
    page = error_page(Request(scope), StoreUnavailable("打不开"))
    assert page.status_code == 503
    several = error_page(Request(scope), Ambiguous("有两个", candidates=[{"id": "a", "name": EVIL}]))
    assert b"&lt;script&gt;" in several.body


def test_a_source_page_tells_what_it_is_and_its_licence(client: TestClient) -> None:
    page = client.get("/sources/qingdao-daily-2022").text
    assert "青岛日报" in page
    assert "许可" in page


def test_numbers_are_shown_as_people_read_them() -> None:
    assert show_number(1234.5) == "1,234.5"
    assert show_amount(17_480_000_000, "元") == "174.8 亿元"
    assert show_amount(2_337_000_000, "美元") == "23.37 亿美元"
    assert show_amount(95_139_600, "元") == "9,513.96 万元"
    assert show_amount(35, "%") == "35 %"
    assert show_amount(None) == ""


def test_links_keep_what_is_switched_off_and_encode_ids() -> None:
    links = SiteLinks("sample")
    assert links.to("enterprises", "a/b?c") == "/enterprises/a%2Fb%3Fc?without=sample"
    assert links.thing("Product", "p/1") == "/things/Product/p%2F1?without=sample"
    assert links.thing("Enterprise", "a") == "/enterprises/a?without=sample"


def test_every_published_figure_is_on_the_page_of_figures(client: TestClient, seeded_store: Store) -> None:
    page = client.get("/figures").text
    rows = re.findall(r"<tr>(?:(?!</tr>).)*<td.*?</tr>", page, re.DOTALL)
    figures, following = list_figures(under(seeded_store), size=500)
    assert following is None
    assert len(rows) == len(figures) > 70
    for word in ("青岛市", "链长制", "对象", "原文", "口径", "时点", "位置", "正文第10段"):
        assert word in page
    assert all('class="status status-' in row and 'class="source"' in row and 'class="place"' in row for row in rows)
    assert 'href="/figures"' in client.get("/stock").text.split("<main")[1]


def test_figures_are_filtered_by_every_word(client: TestClient) -> None:
    page = client.get("/figures", params={"q": "链长制 24条"}).text
    rows = re.findall(r"<tr><td.*?</tr>", page, re.DOTALL)
    assert rows
    assert all("链长制" in row and "24条" in row for row in rows)
    assert "没有含" in client.get("/figures?q=zzzz").text
    assert "演示" not in client.get("/figures?without=sample").text.split("<table")[1].split("</table>")[0]


def test_a_product_page_tells_makers_inputs_uses_and_segments(client: TestClient, seeded_store: Store) -> None:
    rows = seeded_store.read(
        "MATCH (e:Enterprise)-[:PRODUCES]->(p:Product)<-[r:INPUT_TO]-(i:Product) WHERE r.essential AND e.status <> 'sample'"
        " RETURN e.name AS firm, p.id AS id, p.name AS name, i.name AS input ORDER BY id, firm, input LIMIT 1"
    ).rows[0]
    page = client.get(f"/things/Product/{quote(rows['id'], safe='')}").text
    for title in ("生产企业", "所需投入品", "所属环节"):
        assert f"<h2>{title} " in page, title
    assert rows["firm"] in page
    assert re.search(rf">{re.escape(rows['input'])}</a>(?:(?!</tr>).)*必需", page, re.DOTALL)
    assert f"<h1>{rows['name']} " in page
    body = rows_with_once(page)
    assert all('class="status status-' in row and ('class="source"' in row or "/sources/" in row) for row in body)


def test_a_page_of_any_kind_of_thing_opens(client: TestClient, seeded_store: Store) -> None:
    for label in NODE_TYPES:
        for id in seeded_store.nodes(NODE_TYPES[label])["id"].sort().head(2):
            answer = client.get(f"/things/{label}/{quote(id, safe='')}")
            assert answer.status_code == 200, (label, id)
            assert "<h1>" in answer.text
    assert (
        client.get("/things/Chain/new-displays?without=sample", follow_redirects=False).headers["location"]
        == "/chains/new-displays?without=sample"
    )
    for path in ("/things/Nonsense/x", "/things/Product/x", "/things/Region/new-displays"):
        assert client.get(path).status_code == 404
    assert client.get("/things/Segment/new-displays.panels?without=curated").status_code == 200  # of the yardstick
    hidden = client.get("/things/Segment/new-displays.panels?without=confirmed,reported,curated,inferred,sample")
    assert hidden.status_code == 404
    assert "已被隐藏" in hidden.text
    assert '<a href="/things/Segment/new-displays.panels">显示全部数据</a>' in hidden.text


def test_a_field_of_another_source_says_so(client: TestClient, seeded_store: Store) -> None:
    thing = {
        "_label": "Enterprise",
        "id": "x",
        "name": "某厂",
        "short_name": "厂",
        "roles": ["上市公司"],
        "source": "s",
        "status": "confirmed",
    }
    thing["field_sources"] = ["name|a|b|reported", "short_name|a|b|curated", "roles|s|sample"]
    facts = {fact.zh: fact for fact in facts_of(thing, ["confirmed", "reported", "curated"])}
    assert facts["名称"].trust == ("a|b", "reported")
    assert facts["简称"].trust == ("a|b", "curated")
    assert facts["编号"].trust is None
    assert "角色" not in facts
    mixed = seeded_store.read(
        "MATCH (e:Enterprise) WHERE e.field_sources IS NOT NULL AND e.short_name IS NOT NULL RETURN e.id AS id ORDER BY id"
    ).rows
    page = client.get(f"/enterprises/{mixed[0]['id']}").text
    assert 'class="status status-curated"' in page.split('<dl class="facts">')[1].split("</dl>")[0]
    assert (
        'class="status'
        not in client.get(f"/enterprises/{mixed[0]['id']}?without=curated")
        .text.split('<dl class="facts">')[1]
        .split("</dl>")[0]
    )


def test_pages_allow_no_inline_style(client: TestClient) -> None:
    assert "unsafe-inline" not in client.get("/").headers["content-security-policy"]


HALF = re.compile(r"(?<=[\u4e00-\u9fff“”（）])[,;:?!](?=[\u4e00-\u9fff“”（）])")
PAGES = (
    "/", "/gaps", "/chains", "/stock?view=table", "/chains/integrated-circuits", "/chains/integrated-circuits/graph", "/chains/integrated-circuits/records", "/chains/integrated-circuits/desk", "/chains/integrated-circuits/targets",
    "/chains/integrated-circuits/opportunities", "/chains/integrated-circuits/what-if",
    "/chains/integrated-circuits/certificate?place=integrated-circuits.materials", "/projects", "/enterprises?q=hxsx", "/needs",
    "/leaders", "/clusters", "/challenges", "/scenarios", "/centres", "/events", "/platforms", "/dashboard", "/figures", "/sources",
    "/portfolio", "/ledger", "/review", "/loads", "/enterprises/ent-4bf158ab9a7ab565", "/search?q=海尔", "/match?need=压缩机",
    "/about", "/rules",
    "/edit/Project/prj-sailun-superfactory", "/no-such",
)  # fmt: skip


def test_what_pages_say_themselves_has_full_width_punctuation(client: TestClient, seeded_store: Store) -> None:
    """What files say stands as they say it, also within a sentence of ours."""
    frames = [seeded_store.nodes(node) for node in NODES]
    frames += [frame for edge in EDGES for ends in ends_of(edge) for frame in seeded_store.edges(edge, ends)]
    texts = [frame[name] for frame in frames for name, kind in frame.schema.items() if kind == pl.String]
    data = {text for column in texts for text in column.drop_nulls().unique() if HALF.search(text)}
    said = {text[place.start() - 1 : place.end() + 1] for text in data for place in HALF.finditer(text)}
    ours = set[tuple[str, str]]()
    for path in PAGES:
        answer = client.get(path)
        assert (answer.status_code == 200) == (path != "/no-such"), path
        page = re.sub(r"<(script|style).*?</\1>", "", answer.text, flags=re.DOTALL)
        text = unescape(re.sub(r"<[^>]+>", "\0", page))
        marks = (place for place in HALF.finditer(text) if text[place.start() - 1 : place.end() + 1] not in said)
        ours |= {(path, text[max(0, mark.start() - 12) : mark.end() + 12]) for mark in marks}
    assert ours == set()


def test_the_search_box_knows_every_kind(client: TestClient) -> None:
    words = re.search(r'data-words="([^"]+)"', client.get("/about").text)
    assert words
    assert json.loads(unescape(words[1])) == {label: NODE_TYPES[label].table.zh for label in searched()} | STATUS_ZH
