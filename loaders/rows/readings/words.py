"""Names, places, products and what has no field of its own."""

import re

import polars as pl

from graph.model.edges import Supplies
from graph.model.nodes import Enterprise
from loaders.files.sheets import ROW
from loaders.rows.readings.listing import NO_WORDS, Listing, joined, or_none, text_of
from loaders.standards.regions import cut_region, find_city, find_street

PRODUCT_LENGTH = 40
LISTED = r"[、;；，\n]+|,(?=\s|[\u4e00-\u9fff])"
OF_FIRMS = ("investors", "supplier", "customer", "enterprise", "participant", "agency", "titles")
NOBODY = (
    r"(^|[、;；，,\n])\s*(?:待定|未定|待确定|待落实|尚?未确定|暂未确定|暂无|无|不详|保密|-+|—+|/)\s*(?:$|[、;；，,\n])"
)
REMARK = (
    r"[(（](?:(?:世界|中国|全国|民企|民营企业|财富)*\d*500强.{0,6}|(?:A股|港股|主板|科创板|创业板|北交所)?上市(?:公司|企业)"
    r"|央企|国企|民企|外企|外资|龙头(?:企业)?|链主(?:企业)?|牵头(?:单位|方)?|联合体|暂定名?|拟设立?|新设)[)）]"
)
IN_NAME = (  # a line break that is not between two names
    r"(?<=[\u4e00-\u9fff（）()])(?<!公司)(?<!集团)(?<!中心)(?<![厂院所局委会社店部])[ \t]*\n[ \t]*"
    r"|[ \t]*\n[ \t]*(?=[（(])"
)
AND_OTHERS = r"等(?:\d+家)?(?:企业|公司|单位)?$"
APART_OR_NUMBERED = r"[，|｜,/\s]|^\s*(?:\d{1,2}[.．、)）]|[①-⑳])"
NUMBERED = re.compile(r"^(?:\d{1,2}[.．)）]|[①-⑳])\s*(?=[\u4e00-\u9fff])")
HAN = r"^[\u4e00-\u9fff()（）]{2,}$"
OF_FIRM = r"^[\u4e00-\u9fff()（）]{3,}(?:公司|集团|[厂院所社店行])$"
_told = re.compile(
    r"(?:研发|生产|制造|销售|加工|设计|经营|开发|安装)$|以及|面向|从事|用于|主要|专业|的(?:研发|研究|生产|制造|销售|设计|加工)"
)


def read_names(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Take names as names: without line breaks, without what is said of a firm in brackets; 待定 is nobody."""
    kind = listing.record.__name__
    own = {"Enterprise": ["name"], "Agency": ["name"], "Title": ["name"]}.get(kind, [])
    for name in (name for name in (*own, *OF_FIRMS, "name", "project") if name in frame.columns):
        was = text_of(name)
        if not frame.select(was.str.contains(f"\n|{REMARK}|{NOBODY}|{AND_OTHERS}").any()).item():
            continue
        broken = frame.filter(was.str.contains("\n"))[name].unique().to_list()
        bare = was.replace({text.strip(): _in_one_line(text.strip()) for text in broken}) if broken else was
        if name in (*own, *OF_FIRMS):
            bare = bare.str.replace_all(REMARK, "").str.replace_all(NOBODY, "${1}").str.replace(AND_OTHERS, "")
            listing.note(frame, name, pl.when(was.str.contains(REMARK)).then(pl.lit("括号里的说明没有当作名称")))
            bare = bare.str.strip_chars(" 、;；，,").replace("", None)
        frame = frame.with_columns(bare.alias(name))
    return frame


def _in_one_line(text: str) -> str:
    """Return a name without the line break in it; several names, each in a line of its own, stay apart."""
    return re.sub(IN_NAME, "", text)


def read_flags(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Read yes and no in the words of an office: 愿意, 有意向, 不接受."""
    for name, kind in listing.record.kinds().items():
        if kind.name == "bool" and name in frame.columns:
            said = text_of(name)
            no = said.str.contains(r"^(?:不|否|无|没|暂不|暂无|尚无)")
            yes = said.str.contains(r"^(?:是|有|愿意|同意|接受|可以?|能|希望|√|✓|对)")
            frame = frame.with_columns(
                pl.when(no).then(pl.lit("false")).when(yes).then(pl.lit("true")).otherwise(said).alias(name)
            )
    return frame


def read_place(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Put together where something is: province, city and district, else what an address begins with."""
    parts = [text_of(name) for name in ("_province", "_city", "_district") if name in frame.columns]
    if not parts and not {"address", "region"} & {*frame.columns}:
        return frame
    places = [or_none(frame, "region")]
    if parts:
        whole = pl.concat_str(parts, separator="/", ignore_nulls=True).replace("", None)
        places.append(whole)
    if "address" in frame.columns:
        places.append(
            text_of("address").str.replace("區", "区").str.replace("縣", "县").str.extract(ADDRESS).replace("", None)
        )
    frame = frame.with_columns(pl.coalesce(*places).alias("region"))
    if frame.select(pl.col("region").str.contains(ZONE).any()).item() and (city := find_city(listing.title)):
        zone = pl.col("region").str.contains(ZONE)  # of the city that the title names
        frame = frame.with_columns(
            pl.when(zone).then(pl.concat_str(pl.lit(f"{city}/"), "region")).otherwise(pl.col("region")).alias("region")
        )
    if listing.record is Enterprise and "address" in frame.columns and "street" not in frame.columns:
        told = text_of("address").str.contains("街道|镇|乡").fill_null(False)
        streets = [
            find_street(rest, code) or None
            for code, rest in map(cut_region, frame.filter(told).select(text_of("address"))["address"])
        ]
        rows = frame.filter(told).select(ROW).with_columns(pl.Series("street", streets, dtype=pl.String))
        frame = frame.join(rows.unique(ROW), on=ROW, how="left", maintain_order="left")
    return frame


ZONE = (  # of which every city has one
    r"^(?:国家级?)?(?:高新区|高新技术产业开发区|经开区|经济技术开发区|经济开发区|开发区|综合保税区|综保区|保税港?区"
    r"|自贸区|自贸片区)$"
)
ADDRESS = (
    r"^((?:[\u4e00-\u9fff]{2,8}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,8}?(?:市|自治州|地区|盟))?"
    r"(?:[\u4e00-\u9fff]{1,9}?(?:区|县|市|旗))?)"
)


def read_industry(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Take the most exact of the classes that a firm is said to be in."""
    names = [f"_industry_{level}" for level in ("code", "class", "group", "division")]
    there = [name for name in (*names, "industries", "_industry_section") if name in frame.columns]
    if not there or listing.record is not Enterprise:
        return frame
    return frame.with_columns(pl.coalesce(*map(text_of, there)).alias("industries"))


def read_products(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Keep what a list says of a firm's products in its own words, and take the names of products out of it."""
    if listing.record is not Enterprise or "products" not in frame.columns:
        return frame
    named = {text: names_of(text) for text in frame["products"].drop_nulls().unique()}
    values = pl.Series("products", [named.get(text or "") or None for text in frame["products"]], dtype=pl.String)
    long = pl.when(pl.col("products").str.strip_chars().str.len_chars() > 0).then(
        pl.when(values.is_null()).then(pl.lit("不像产品的名称,存在“主要产品原文”里"))
    )
    listing.note(frame, "products", long)
    return frame.with_columns(
        pl.coalesce(or_none(frame, "main_products"), text_of("products")).alias("main_products"), values
    )


def names_of(text: str) -> str:
    """Return the names of products in what a list says of them, with ``;`` between."""
    parts = (
        re.sub(r"^(?:\d{1,2}[.、)]|[①-⑳])\s*|等(?:产品|系列)?$|[。.]$", "", part.strip())
        for part in re.split(LISTED, text)
    )
    names = (part for part in parts if 1 < len(part) <= PRODUCT_LENGTH and not _told.search(part))
    return ";".join(dict.fromkeys(names))


def read_aliases(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Part several other names of a firm that a list parts with commas, strokes or blanks."""
    if listing.record is not Enterprise or "aliases" not in frame.columns:
        return frame
    odd = frame.filter(pl.col("aliases").str.contains(APART_OR_NUMBERED))["aliases"].unique().to_list()
    frame = frame.with_columns(pl.col("aliases").replace({text: aliases_of(text) for text in odd})) if odd else frame
    blank = pl.col("aliases").str.contains(r"[\u4e00-\u9fff]\s+[\u4e00-\u9fff]")
    listing.note(frame, "aliases", pl.when(blank).then(pl.lit("空格没有当作分隔;几个别名请用分号隔开")))
    return frame


def aliases_of(text: str) -> str:
    """Return a firm's other names with ``;`` between: parted at a comma or stroke only between names of Chinese
    characters, at a blank only where each is a whole name of a firm (Alias One, Ltd. is one name)."""
    made: list[str] = []
    for part in re.split(r"[;；、\n，|｜]+", text):
        bare = NUMBERED.sub("", part.strip())
        for sign, name in ((r"\s*,\s*", HAN), (r"\s*/\s*", HAN), (r"\s+", OF_FIRM)):
            several = [NUMBERED.sub("", one) for one in re.split(sign, bare)]
            if len(several) > 1 and all(re.search(name, one) for one in several):
                made += several
                break
        else:
            made += [bare] if bare and not re.fullmatch(r"\d{1,2}", bare) else []
    return ";".join(dict.fromkeys(made))


def read_quantity(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Keep the unit that a head says of a quantity with its bare number: 年用量(万台)."""
    told = re.search(r"[(（【\[]([^()（）\d]{1,6})[)）】\]]\s*$", listing.heads.get("quantity", ""))
    if not told or "quantity" not in frame.columns:
        return frame
    bare = text_of("quantity").str.contains(r"^[\d.,]+$")
    whole = pl.when(bare).then(pl.concat_str(text_of("quantity"), pl.lit(told[1]))).otherwise(pl.col("quantity"))
    return frame.with_columns(whole.alias("quantity"))


def read_said(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Put into the note what has no field of its own, each under its head."""
    names = [name for name in frame.columns if name.startswith("_said")]
    if listing.record is Supplies and "_category" in frame.columns:
        product = or_none(frame, "product")
        frame = frame.with_columns(pl.coalesce(product, text_of("_category")).alias("product"))
        names.append("_category")
    if not names:
        return frame
    words = [
        pl.concat_str(
            pl.lit(f"{listing.heads.get(name, '')}："), pl.when(~text_of(name).is_in(NO_WORDS)).then(text_of(name))
        )
        for name in names
    ]
    return frame.with_columns(joined(or_none(frame, "note"), *words).alias("note"))
