"""A server that says that it has started once it has, and that ends when it is told to, whatever it is doing."""

import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from graph.errors import InputError

PATIENCE = 4  # seconds that requests have to end by themselves
HEAD = 64 << 10  # bytes of the first line and the headers of a request
AT_MOST = 8.0  # seconds after which the process ends, whatever a thread is computing
CODES = {signal.SIGINT: 130, signal.SIGTERM: 0}


def bind(host: str, port: int) -> socket.socket:
    """Return a socket that listens on an address; raises ``InputError`` where it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        advice = "端口可能已被占用: 换一个 --port,或先结束占用它的程序" if port else "请检查 --host"
        raise InputError(f"不能监听 {host}:{port}({why})。{advice}") from error


class Protocol(HttpToolsProtocol):
    """Uvicorn's protocol with an end to the head of a request: without one, a
    head that does not end takes memory and everyone's time."""

    in_head = True
    ended = False  # a head or a body ended in what came last
    head = 0

    def data_received(self, data: bytes) -> None:
        """Take what came; the body of a request is bounded elsewhere."""
        self.ended = False
        super().data_received(data)
        self.head = self.head + len(data) if self.in_head and not self.ended else 0
        if self.head > HEAD and not self.transport.is_closing():
            self.send_400_response(f"The head of a request may have {HEAD} bytes.")

    def on_headers_complete(self) -> None:
        """Note that the head is complete."""
        self.in_head, self.ended = False, True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that the next head may begin."""
        self.in_head = self.ended = True
        super().on_message_complete()


class Server(uvicorn.Server):
    """Uvicorn's server with our own ends: a signal gives requests a few seconds, then the process is gone."""

    def __init__(self, config: uvicorn.Config, started: Callable[[], None]) -> None:
        super().__init__(config)
        self.tell = started
        self.code = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say that the server has started, once it has."""
        await super().startup(sockets)
        if self.started:
            self.tell()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals; they are not raised again at the end."""
        for number in CODES:
            signal.signal(number, self._stop)
        yield

    def _stop(self, number: int, _frame: FrameType | None) -> None:
        self.code = CODES[signal.Signals(number)]
        self.force_exit = self.should_exit  # asked twice
        self.should_exit = True
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # requests that are cut off are no errors now
        last = threading.Timer(AT_MOST, os._exit, (self.code,))
        last.daemon = True
        last.start()


def end_at_once_when_told() -> None:
    """Let Ctrl-C and SIGTERM end the process while there is nothing to finish."""
    for number, code in CODES.items():
        signal.signal(number, lambda *_, code=code: os._exit(code))


def run(app: ASGIApp, listening: socket.socket, started: Callable[[], None]) -> NoReturn:
    """Serve until a signal comes, and end the process: threads that still compute in native code are not waited for."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=PATIENCE,
    )
    server = Server(config, started)
    try:
        server.run(sockets=[listening])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(server.code if server.started else 1)
