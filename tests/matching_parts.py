"""Made-up offers of few signs, so that they have much in common; and the grams of a text, counted plainly."""

from collections import Counter

from hypothesis import strategies as st

from queries.matching.offers import Offer

words = st.text("动力电池组钢aＡ1 ", max_size=5)
shares = st.sampled_from([0.0, 0.001, 0.3, 0.5, 1.0])
products = st.lists(st.tuples(words.filter(str.strip), shares), max_size=4, unique_by=lambda item: item[0]).map(tuple)
industries = st.lists(st.sampled_from(["电池Ⅱ", "电池Ⅲ", "钢", "动力", ""]), max_size=2).map(tuple)
names = st.sampled_from(["甲电池有限公司", "钢厂", "中国动力股份有限公司", "青岛池子集团", "", "A1"])


@st.composite
def some_offers(draw: st.DrawFn, least: int = 1, most: int = 7) -> list[Offer]:
    ids = draw(st.lists(st.integers(0, 30), min_size=least, max_size=most, unique=True))
    return [Offer(f"s{id:02}", draw(names), draw(industries), draw(products)) for id in ids]


def grams(text: str) -> Counter[str]:
    return Counter(text) + Counter(text[at : at + 2] for at in range(len(text) - 1))
