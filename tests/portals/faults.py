"""A portal on loopback that does what the net does: each fault is an answer, and portals are made of answers."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

Answer = Callable[[BaseHTTPRequestHandler], None]
#: The answers of a portal by path, or a function that gives the answer to any path.
Answers = Mapping[str, Answer] | Callable[[str], Answer]


def text(status: int, body: str | bytes, **headers: str) -> Answer:
    def send(handler: BaseHTTPRequestHandler) -> None:
        data = body if isinstance(body, bytes) else body.encode()
        handler.send_response(status)
        sent = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(data))}
        for name, value in (sent | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return send


def wild(data: bytes) -> Answer:
    """Bytes that are no HTTP, or an answer written out."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return send


def cut(handler: BaseHTTPRequestHandler) -> None:
    """A line that breaks before the page is whole."""
    handler.send_response(200)
    handler.send_header("Content-Length", "5000")
    handler.end_headers()
    handler.wfile.write(b"<html>")
    handler.close_connection = True


def reset_behind(begun: bytes) -> Answer:
    """A connection that is torn down (RST) in the midst of an answer, behind some bytes of it."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n" + begun)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        handler.connection.close()

    return send


reset = reset_behind(b"<html>")


def again_and_again(piece: bytes, pause: float = 0.0, head: bytes = b"HTTP/1.1 200 OK\r\n") -> Answer:
    """An answer that never ends: its head, and then the same piece until the reader has had enough."""

    def send(handler: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            handler.wfile.write(head)
            while True:
                handler.wfile.write(piece)
                time.sleep(pause)

    return send


_HTML = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
_CHUNKED = _HTML + b"Transfer-Encoding: chunked\r\n\r\n"
drip = again_and_again(b"5\r\nabcde\r\n", 0.2, _CHUNKED)
flood = again_and_again(b"10000\r\n" + b"x" * 0x10000 + b"\r\n", 0.0, _CHUNKED)
slow_head = again_and_again(b"X-Header: 1\r\n", 0.2)
head_flood = again_and_again(b"X-Header: " + b"x" * 1000 + b"\r\n")
head_line = again_and_again(b"x" * 1000)
#: A body of a gigabyte that is said to be one: nothing of it need be read.
gigabyte = again_and_again(b"x" * 0x10000, 0.0, _HTML + b"Content-Length: 1073741824\r\n\r\n")
silence = again_and_again(b"", 0.2, b"")
broken_chunks = wild(_CHUNKED + b"7\r\n<html><\r\nZZ\r\nnot a length\r\n")
#: The body goes on behind the length that was told: what was told is the page.
told_too_short = wild(
    _HTML
    + b"Content-Length: 60\r\n\r\n"
    + b"<html><body><p>a page</p></body></html>".ljust(60)
    + b"x" * 9_000
)


class Handler(BaseHTTPRequestHandler):
    """Answers GET as its portal's `answers` say; what they do not name is not there."""

    answers: Answers

    def do_GET(self) -> None:
        given = self.answers
        with contextlib.suppress(OSError):  # who asked has had enough
            (given(self.path) if callable(given) else given.get(self.path, text(404, "")))(self)

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def served(
    answers: Answers, certificate: Path | None = None, family: int = socket.AF_INET
) -> Iterator[ThreadingHTTPServer]:
    """A portal on loopback, on a port of the system's choice; over TLS with a certificate (and its key)."""
    kind = type("Server", (ThreadingHTTPServer,), {"address_family": family})
    host = "127.0.0.1" if family == socket.AF_INET else "::1"
    server: ThreadingHTTPServer = kind((host, 0), type("Portal", (Handler,), {"answers": staticmethod(answers) if callable(answers) else answers}))  # fmt: skip
    server.daemon_threads = True
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
