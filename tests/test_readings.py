"""Whatever way an office writes an amount, a period, a day or a place, it reads the same."""

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.currencies import CURRENCY_WORDS
from graph.model.nodes import Enterprise, Project
from loaders.files.heads import join_headers
from loaders.files.sheets import ROW
from loaders.layouts.spelling import SCALES, clean_head, unit_of, unit_of_title
from loaders.layouts.words import head_words
from loaders.rows.readings import read_cells
from loaders.rows.readings.days import day_of, find_day, find_period
from loaders.rows.readings.listing import Listing
from loaders.standards.regions import cut_region, find_region, names_of_region

UNITS = st.sampled_from([f"{scale}{word}" for scale in SCALES for word in CURRENCY_WORDS])
NUMBERS = st.integers(1, 999_999).map(lambda number: number / 100)
DAYS = st.dates(date(1950, 1, 2), date(2049, 12, 31))
CODES = st.sampled_from(sorted(code for code in ("370212", "370211", "320583", "440305", "110105", "500112", "650102")))


def read(head: str, cell: str, above: str = "") -> tuple[float, str | None]:
    """Return what is read of an amount, and its currency."""
    frame = pl.DataFrame({"amount": [cell], ROW: [1]}, schema_overrides={ROW: pl.UInt32})
    row = read_cells(frame, Listing(Project, {"amount": head}, True, unit_of_title(above))).row(0, named=True)
    return float(row["amount"]), row["currency"]


@settings(max_examples=12)
@given(NUMBERS, UNITS)
def test_an_amount_reads_the_same_with_its_unit_in_the_cell_the_head_or_the_title(number: float, unit: str) -> None:
    scale = next(word for word in SCALES if unit.startswith(word))
    wanted = (round(number * SCALES[scale], 2), CURRENCY_WORDS[unit.removeprefix(scale)])
    text = f"{number:,.2f}"
    written = [
        *(("总投资", cell) for cell in (f"{text}{unit}", f"{number}{unit}", f" {text} {unit} ", f"{number}({unit})", f"{number}（{unit}）")),
        *((head, text) for head in (f"总投资({unit})", f"总投资（{unit}）", f"总投资\n（单位：{unit}）", f"总投资{unit}", f"总投资/{unit}", f"总投资【{unit}】")),
    ]  # fmt: skip
    for head, cell in written:
        assert read(head, cell) == wanted, (head, cell)
        assert clean_head(head) == "总投资", head
    for title in (f"项目表（单位：{unit}）", f"单位:{unit}、人", f"示例局 2026年11月 单位： {unit}"):
        assert read("总投资", text, title) == wanted, title


@settings(max_examples=10)
@given(NUMBERS, st.sampled_from(["万", "亿"]))
def test_the_unit_of_a_cell_goes_before_that_of_the_head(number: float, scale: str) -> None:
    assert read("总投资(千元)", f"{number}{scale}元")[0] == round(number * SCALES[scale], 2)


def test_amounts_in_chinese_numerals_and_with_signs() -> None:
    cells = {
        "壹仟万元整": (10_000_000, "CNY"), "伍佰万元": (5_000_000, "CNY"), "一亿元": (100_000_000, "CNY"), "三千二百万元": (32_000_000, "CNY"),
        "十亿元人民币": (1_000_000_000, "CNY"), "USD 2,000,000": (2_000_000, "USD"), "$5百万": (5_000_000, "USD"), "￥100万": (1_000_000, "CNY"),
        "€1.5亿": (150_000_000, "EUR"), "人民币5000.00万元": (50_000_000, "CNY"), "5000.000000万人民币": (50_000_000, "CNY"), "HK$10万": (100_000, "HKD"),
    }  # fmt: skip
    assert {cell: read("总投资", cell) for cell in cells} == cells


@given(DAYS, DAYS)
def test_a_period_reads_the_same_however_it_is_written(first: date, last: date) -> None:
    ways = [
        "{0:%Y-%m-%d}",
        "{0.year}年{0.month}月{0.day}日",
        "{0.year}.{0.month}.{0.day}",
        "{0:%Y/%m/%d}",
        "{0.year}.{0:%m}.{0:%d}",
    ]
    wanted = (first.isoformat(), last.isoformat())
    for way in ways:
        for between in ("至", "到", "—", "~", "-", " 至 ", "--", "－"):
            text = f"{way.format(first)}{between}{way.format(last)}"
            assert find_period(text) == wanted, text


@given(st.integers(1990, 2040), st.integers(1, 12), st.integers(0, 9))
def test_periods_of_months_and_years(year: int, month: int, long: int) -> None:
    for text in (
        f"{year}-{year + long}",
        f"{year}年-{year + long}年",
        f"{year}至{year + long}",
        f"{year}～{year + long}年",
    ):
        assert find_period(text) == (str(year), str(year + long)), text
    wanted = (f"{year}-{month:02d}", f"{year + long}-12")
    for text in (
        f"{year}.{month:02d}-{year + long}.12",
        f"{year}年{month}月-{year + long}年12月",
        f"{year}/{month:02d}-{year + long}/12",
    ):
        assert find_period(text) == wanted, text
    if long:
        assert find_period(f"{long}年", f"{year}-{month:02d}") == (f"{year}-{month:02d}", f"{year + long}-{month:02d}")


@given(st.text(max_size=40), st.none() | DAYS.map(date.isoformat))
def test_no_text_is_too_odd_for_a_period_a_day_or_a_place(text: str, begun: str | None) -> None:
    find_period(text, begun)
    find_day(text)
    day_of(text)
    find_region(text)
    head_words().find_stage(text)
    unit_of(text)


@given(DAYS)
def test_the_day_of_a_list_is_found_in_its_source_and_title(day: date) -> None:
    ways = [
        f"企查查导出 {day}",
        f"名单（截至{day.year}年{day.month}月{day.day}日）",
        f"导出{day:%Y%m%d}",
        f"{day.year}.{day.month}.{day.day}台账",
        f"导出时间：{day} 10:20:30",
    ]
    assert {day_of(way) for way in ways} == {day.isoformat()}
    assert day_of("第2批名单", f"{day.year}年{day.month}月表") == f"{day:%Y-%m}"
    assert day_of("名单13812345678") == ""


@given(DAYS)
def test_days_in_other_countries_words(day: date) -> None:
    months = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ]
    name = months[day.month - 1]
    for text in (
        f"{day.day} {name} {day.year}",
        f"{name} {day.day}, {day.year}",
        f"{day.day}-{name[:3]}-{day.year}",
        f"{name[:3]}. {day.day}, {day.year}",
    ):
        assert find_day(text) == day.isoformat(), text
    assert find_day(f"民國{day.year - 1911:02d}年{day.month:02d}月{day.day:02d}日") == day.isoformat()
    assert find_day(f"{day.year - 1911:03d}{day:%m%d}") == day.isoformat()
    assert find_day(f"{day.year}年{day.month}月底") == f"{day:%Y-%m}"


@given(CODES, st.sampled_from(["", "/", "-", " ", "·", ">", "、"]))
def test_a_district_is_found_however_it_is_written(code: str, between: str) -> None:
    province, city, district = (names_of_region(part) for part in (code[:2], code[:4], code))
    cities = [city] if city else [province]
    for outer in province:
        for middle in cities[0]:
            for inner in district:
                if len(inner) > 1:
                    assert find_region(between.join((outer, middle, inner))) == code, (outer, middle, inner)
    whole = "".join(dict.fromkeys((province[0], cities[0][0], district[0])))
    assert cut_region(f"{whole}示例路1号") == (code, "示例路1号")
    assert find_region(f"中国{whole}") == code


def test_what_is_still_to_come_is_no_stage_that_is_reached() -> None:
    told = {
        "已开工，预计12月竣工": "开工", "正在办理土地手续": None, "尚未开工": None, "已签约待开工": "签约", "主体施工，计划明年投产": "在建",
        "拟12月竣工": None, "项目达产后年产值10亿元": None, "已完成公司注册，正在办理施工许可证": "签约", "按计划施工": "在建", "考察阶段": "洽谈",
        "已竣工投产": "投产", "力争年内签约": None, "施工图设计": None, "未签约": None, "设备安装调试，即将投产": "在建", "已流失": "终止",
    }  # fmt: skip
    assert {text: head_words().find_stage(text) for text in told} == told


def test_heads_in_two_rows_are_read_together() -> None:
    upper = ["序号", "投资方情况", "投资方情况", "项目情况", "项目情况", "总投资", "2024年", "备注"]
    lower = ["序号", "名称", "注册地", "总投资额", "用电", "(亿元)", "营业收入(万元)", ""]
    assert join_headers(upper, lower) == [
        "序号", "投资方名称", "投资方注册地", "总投资额", "用电", "总投资(亿元)", "2024年营业收入(万元)", "备注",
    ]  # fmt: skip


def test_sums_in_yuan_are_said_of_lists_in_simplified_characters_only() -> None:
    frame = pl.DataFrame({"capital": ["5,000"], ROW: [1]}, schema_overrides={ROW: pl.UInt32})
    for head, currency in (("注册资本(元)", "CNY"), ("資本總額(元)", None)):
        row = read_cells(frame, Listing(Enterprise, {"capital": head}, True)).row(0, named=True)
        assert (float(row["capital"]), row["capital_currency"]) == (5000, currency)
