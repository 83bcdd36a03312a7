"""The embedding of an office's own: a small server in a thread answers, well and badly; what comes back is checked and kept."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr

from graph.errors import InputError, ServiceUnavailable
from graph.settings import Settings
from queries.matching.derived import derive
from queries.matching.embedding import OpenAIEmbedder, configured, likeness_of
from queries.matching.index import OfferIndex, build
from queries.matching.offers import Need, Offer
from queries.matching.ranker import rank

SECRET = "sk-geheim-4711"
Answer = tuple[int, bytes]


def vector(text: str) -> list[float]:
    """Return something that differs from text to text and is not of unit length."""
    return [float(len(text)), 3.0 if "电池" in text else 0.0, 4.0 if "钢" in text else 0.0, 1.0]


def right(asked: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"object": "embedding", "index": place, "embedding": vector(text)} for place, text in enumerate(asked["input"])
    ]


def well(asked: dict[str, Any]) -> Answer:
    """Answer as OpenAI does, but last text first: the order of an answer is not promised."""
    return 200, json.dumps({"object": "list", "data": right(asked)[::-1], "model": asked["model"]}).encode()


@dataclass
class Endpoint:
    url: str
    answer: Callable[[dict[str, Any]], Answer] = well
    asked: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)

    def embedder(self, key: str | None = SECRET, model: str = "m") -> OpenAIEmbedder:
        return OpenAIEmbedder(self.url, model, SecretStr(key) if key is not None else None)

    @property
    def texts(self) -> list[str]:
        return [text for request in self.asked for text in request["input"]]


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append({"path": self.path, **asked})
            state.heads.append({name.lower(): value for name, value in self.headers.items()})
            status, body = state.answer(asked)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            if status == 307:
                self.send_header("Location", "/elsewhere/embeddings")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Stay silent."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        state = Endpoint(f"http://127.0.0.1:{server.server_port}/v1/")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield state
        server.shutdown()
        thread.join()


def suppliers(*names: str) -> OfferIndex:
    return build(Offer(f"{place:03}", name, ("行业",), ((f"{name}产品", 0.5),)) for place, name in enumerate(names))


def test_texts_are_asked_in_batches_and_come_back_in_order(endpoint: Endpoint) -> None:
    texts = ["甲" * (1 + place % 7) + str(place) + "电池" * (place % 2) for place in range(150)]
    vectors = endpoint.embedder().embed(texts)
    wanted = np.array([vector(text) for text in texts])
    np.testing.assert_allclose(vectors, wanted / np.linalg.norm(wanted, axis=1, keepdims=True), rtol=1e-6)
    assert vectors.dtype == np.float32
    assert [len(request["input"]) for request in endpoint.asked] == [64, 64, 22]
    assert endpoint.texts == texts
    assert {(request["path"], request["model"]) for request in endpoint.asked} == {("/v1/embeddings", "m")}


def test_the_key_is_in_the_header_and_only_there(endpoint: Endpoint) -> None:
    embedder = endpoint.embedder()
    embedder.embed(["甲"])
    assert endpoint.heads[0]["authorization"] == f"Bearer {SECRET}"
    assert [name for name, value in endpoint.heads[0].items() if SECRET in value] == ["authorization"]
    assert SECRET not in json.dumps(endpoint.asked)
    assert SECRET not in repr(vars(embedder))
    assert SECRET not in embedder.id


@pytest.mark.parametrize("key", [None, ""])
def test_without_a_key_no_header_is_sent(endpoint: Endpoint, key: str | None) -> None:
    endpoint.embedder(key).embed(["甲"])
    assert "authorization" not in endpoint.heads[0]


def test_nothing_is_asked_for_no_texts(endpoint: Endpoint) -> None:
    assert endpoint.embedder().embed([]).shape == (0, 0)
    assert endpoint.asked == []


def test_proxies_of_the_environment_are_not_used(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert len(endpoint.embedder().embed(["甲"])) == 1


@pytest.mark.parametrize("vectors", [[[0.0, 0.0]], [[1e-200, 1e-200]], [[1e300, 1e300]]])
def test_any_length_becomes_one_or_stays_nought(endpoint: Endpoint, vectors: list[list[float]]) -> None:
    endpoint.answer = lambda _: (200, json.dumps({"data": [{"index": 0, "embedding": vectors[0]}]}).encode())
    assert float(np.linalg.norm(endpoint.embedder().embed(["甲"])[0])) == pytest.approx(1.0 if vectors[0][0] else 0.0)


def _changed(change: Callable[[list[dict[str, Any]]], Any]) -> Callable[[dict[str, Any]], Answer]:
    return lambda asked: (200, json.dumps({"data": change(right(asked))}).encode())


def _without(key: str) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda data: [{name: value for name, value in item.items() if name != key} for item in data]


def _embedding(value: Any) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda data: [data[0], {**data[1], "embedding": value}]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda _: (200, b"<html>sign in</html>"), "不是 JSON"),
        (lambda _: (200, b""), "不是 JSON"),
        (lambda _: (200, b"\xff\xfe"), "不是 JSON"),
        (lambda _: (200, b"[]"), "应形如"),
        (lambda _: (200, b"{}"), r"读不懂\(data\)"),
        (lambda _: (200, b'{"data": null}'), r"读不懂\(data\)"),
        (_changed(_without("index")), r"data\.0\.index"),
        (_changed(_without("embedding")), r"data\.0\.embedding"),
        (_changed(_embedding([])), r"data\.1\.embedding"),
        (_changed(_embedding(["1", "2", "3", "4"])), r"data\.1\.embedding\.0"),
        (_changed(_embedding([None, 1, 2, 3])), r"data\.1\.embedding\.0"),
        (_changed(_embedding([1, True, 2, 3])), r"data\.1\.embedding\.1"),
        (_changed(_embedding([1, float("nan"), 2, 3])), r"data\.1\.embedding\.1"),
        (_changed(_embedding("AAAA")), r"data\.1\.embedding"),
        (_changed(_embedding([1, 2])), "长度不一样"),
        (_changed(lambda data: data[:1]), "问了 2 条文字.*这里有 1 个"),
        (_changed(lambda data: [*data, data[0]]), "问了 2 条文字.*这里有 3 个"),
        (_changed(lambda data: [data[0], data[0]]), "index 为 0 到 1"),
        (_changed(lambda data: [data[0], {**data[1], "index": 7}]), "index 为 0 到 1"),
        (lambda _: (307, b""), "HTTP 307,不跟随转向"),
        (lambda _: (401, SECRET.encode()), "HTTP 401.*LIANZHANG_EMBEDDING_KEY"),
        (lambda _: (404, b""), "HTTP 404.*LIANZHANG_EMBEDDING_URL"),
        (lambda _: (204, b""), "HTTP 204"),
    ],
)
def test_a_wrong_answer_is_told(endpoint: Endpoint, answer: Callable[[dict[str, Any]], Answer], words: str) -> None:
    endpoint.answer = answer
    with pytest.raises(InputError, match=words) as caught:
        endpoint.embedder().embed(["甲", "乙"])
    assert endpoint.url + "embeddings" in str(caught.value)
    assert SECRET not in str(caught.value)
    assert len(endpoint.asked) == 1  # nothing is tried twice, no redirect followed


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_service_in_trouble_is_told_as_such(endpoint: Endpoint, status: int) -> None:
    endpoint.answer = lambda _: (status, f"Authorization: Bearer {SECRET}".encode())
    with pytest.raises(ServiceUnavailable, match=f"HTTP {status}") as caught:
        endpoint.embedder().embed(["甲"])
    assert SECRET not in str(caught.value)
    assert caught.value.status == 503
    assert len(endpoint.asked) == 1


def test_nobody_listens() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
    with pytest.raises(ServiceUnavailable, match=r"没有回答\(ConnectError\)") as caught:
        OpenAIEmbedder(f"http://127.0.0.1:{port}", "m", SecretStr(SECRET)).embed(["甲"])
    assert SECRET not in str(caught.value)


def test_batches_of_different_length_do_not_mix(endpoint: Endpoint) -> None:
    endpoint.answer = lambda asked: (
        200,
        json.dumps(
            {"data": [{"index": at, "embedding": [1.0] * len(asked["input"])} for at in range(len(asked["input"]))]}
        ).encode(),
    )
    with pytest.raises(InputError, match="各批向量的长度不一样"):
        endpoint.embedder().embed(["甲"] * 65)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8080",
        "ftp://host/v1",
        "http://",
        f"http://user:{SECRET}@host/v1",
        f"http://host/v1?key={SECRET}",
        "http://host/#a",
        "http://[::1",
    ],
)
def test_a_wrong_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="LIANZHANG_EMBEDDING_URL") as caught:
        OpenAIEmbedder(url, "m")
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("key", [f"{SECRET}\n", f" {SECRET}", f"{SECRET}\r\nX: y", f"{SECRET}密", "\x00"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(key: str) -> None:
    with pytest.raises(InputError, match="LIANZHANG_EMBEDDING_KEY") as caught:
        OpenAIEmbedder("http://host", "m", SecretStr(key))
    assert SECRET not in str(caught.value)


def test_it_is_off_unless_an_endpoint_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert configured(Settings()) is None
    monkeypatch.setenv("LIANZHANG_EMBEDDING_URL", "http://host/v1/")
    with pytest.raises(InputError, match="LIANZHANG_EMBEDDING_MODEL"):
        configured(Settings())
    monkeypatch.setenv("LIANZHANG_EMBEDDING_MODEL", "bge")
    monkeypatch.setenv("LIANZHANG_EMBEDDING_KEY", SECRET)
    embedder = configured(Settings())
    assert embedder is not None
    assert embedder.id == "http://host/v1/embeddings bge"
    assert SECRET not in repr(Settings())


def test_likeness_is_the_cosine_with_every_supplier(endpoint: Endpoint, tmp_path: Path) -> None:
    index = suppliers("电池", "钢铁公司", "丙")
    likeness = likeness_of(endpoint.embedder(), index, tmp_path)
    assert endpoint.texts == ["电池;行业;电池产品", "钢铁公司;行业;钢铁公司产品", "丙;行业;丙产品"]
    asked = np.array(vector("动力电池"))
    own = np.array([vector(text) for text in endpoint.texts])
    np.testing.assert_allclose(
        likeness("动力电池"), own @ asked / np.linalg.norm(own, axis=1) / np.linalg.norm(asked), rtol=1e-5
    )


def test_a_text_has_the_main_products_and_is_never_empty(endpoint: Endpoint, tmp_path: Path) -> None:
    many = tuple((f"品{place:02}", place / 100) for place in range(30))
    likeness_of(endpoint.embedder(), build([Offer("a", "甲", ("一", "二"), many), Offer("b", "", (), ())]), tmp_path)
    assert endpoint.texts == ["甲;一、二;" + "、".join(f"品{place:02}" for place in range(29, 9, -1)), "b"]


def test_only_what_changed_is_embedded_again(endpoint: Endpoint, tmp_path: Path) -> None:
    first = likeness_of(endpoint.embedder(), suppliers("电池", "钢铁公司", "丙"), tmp_path)("钢")
    endpoint.asked.clear()
    again = likeness_of(endpoint.embedder(), suppliers("电池", "钢铁公司", "丙"), tmp_path)
    assert endpoint.asked == []
    np.testing.assert_array_equal(again("钢"), first)
    endpoint.asked.clear()
    changed = likeness_of(endpoint.embedder(), suppliers("电池", "钢管公司", "丙", "丁"), tmp_path)
    assert endpoint.texts == ["钢管公司;行业;钢管公司产品", "丁;行业;丁产品"]
    np.testing.assert_array_equal(
        changed("钢"),
        likeness_of(endpoint.embedder(), suppliers("电池", "钢管公司", "丙", "丁"), tmp_path / "new")("钢"),
    )
    endpoint.asked.clear()
    fewer = likeness_of(endpoint.embedder(), suppliers("电池"), tmp_path)
    assert endpoint.asked == []
    assert fewer("钢").shape == (1,)


def test_models_do_not_share_what_is_kept(endpoint: Endpoint, tmp_path: Path) -> None:
    likeness_of(endpoint.embedder(model="a"), suppliers("甲"), tmp_path)
    likeness_of(endpoint.embedder(model="b"), suppliers("甲"), tmp_path)
    assert len(endpoint.asked) == 2
    assert all(re.fullmatch(r"embeddings-[0-9a-f]{16}\.npz", file.name) for file in tmp_path.iterdir())
    assert SECRET.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir())


def test_a_failure_keeps_what_was_embedded_before(
    endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("queries.matching.embedding.KEPT", 2)
    index = suppliers(*"甲乙丙丁戊")
    endpoint.answer = lambda asked: well(asked) if len(endpoint.asked) < 3 else (503, b"")
    with pytest.raises(ServiceUnavailable):
        likeness_of(endpoint.embedder(), index, tmp_path)
    endpoint.asked.clear()
    endpoint.answer = well
    likeness_of(endpoint.embedder(), index, tmp_path)
    assert endpoint.texts == ["戊;行业;戊产品"]


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-30], lambda data: b"", lambda data: b"PK" + data[5:], lambda data: b"text"]
)
def test_a_damaged_file_is_made_anew(endpoint: Endpoint, tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    likeness_of(endpoint.embedder(), suppliers("甲"), tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    likeness_of(endpoint.embedder(), suppliers("甲"), tmp_path)
    assert len(endpoint.asked) == 2


def test_another_length_under_the_same_name_is_told(endpoint: Endpoint, tmp_path: Path) -> None:
    likeness = likeness_of(endpoint.embedder(), suppliers("甲"), tmp_path)
    endpoint.answer = lambda asked: (200, json.dumps({"data": [{"index": 0, "embedding": [1, 2]}]}).encode())
    with pytest.raises(InputError, match=r"embeddings-\w+\.npz: 存下的向量长 4,向量服务现在给出 2.*请删去这个文件"):
        likeness("甲")
    with pytest.raises(InputError, match="请删去这个文件"):
        likeness_of(endpoint.embedder(), suppliers("甲", "乙"), tmp_path)


def test_the_ranking_takes_it_as_one_more_reason(endpoint: Endpoint, tmp_path: Path) -> None:
    index = build(
        [
            Offer("a", "甲", (), (("钢板", 1.0),)),
            Offer("b", "乙", (), (("电池", 1.0),)),
            Offer("c", "丙", (), (("铝材", 1.0),)),
        ]
    )
    derived = derive(index)
    assert rank(derived, Need("n", "蓄能装置"), 3).ranked == []
    answer = rank(derived, Need("n", "蓄能装置"), 3, likeness=lambda text: np.array([-0.1, 0.9, 0.2]))
    assert [item.supplier for item in answer.ranked] == ["b", "c", "a"]
    assert answer.ranked[0].why == ["向量模型认为与需求相近"]
    assert answer.ranked[-1].why == ["没有相同的字"]
    real = rank(derived, Need("n", "电池"), 3, likeness=likeness_of(endpoint.embedder(), index, tmp_path))
    assert real.ranked[0].supplier == "b"


def test_nothing_alike_changes_nothing() -> None:
    derived = derive(suppliers("电池", "钢铁公司", "丙"))
    plain = rank(derived, Need("n", "电池"), 3)
    assert (
        rank(derived, Need("n", "电池"), 3, likeness=lambda text: np.array([-0.2, -0.1, -0.3])).ranked == plain.ranked
    )
