"""A handful of pages of one portal, fetched one after the other for `thongbao portals --probe`."""

from __future__ import annotations

import socket
import ssl
import time
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego

from crawler import settings
from crawler.clock import now
from crawler.guard import Guard, Refused, address_refusal
from crawler.model import Exchange, Page

#: Bytes of one page, seconds of one request, redirects of one page.
LIMIT, PATIENCE, HOPS = settings.DOWNLOAD_MAXSIZE, 30.0, 5
#: What lets in short keys, short Diffie-Hellman groups and SHA-1.
OLD_TLS = "DEFAULT@SECLEVEL=1"
ENCODINGS = ("gzip", "deflate", "identity")


class Look:
    """Fetches pages of the host of `url`, politely: robots.txt, a second between two, no host besides.

    `problems` tells in a sentence each what could not be fetched and why, `ciphers` what a server of old TLS
    had to be let in with ('' for others).
    """

    def __init__(self, url: str, allow_loopback: bool = False, delay: float = 1.0) -> None:
        host = urlsplit(url).netloc
        twin = host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"
        self.guard, self.delay = Guard.of([url, f"//{twin}"], allow_loopback), delay
        self.allow_loopback, self.ciphers = allow_loopback, ""
        self.client = self._client()
        self.robots: Protego | None = None
        self.problems: list[str] = []

    def _client(self) -> httpx.Client:
        headers = {"User-Agent": settings.USER_AGENT, **settings.DEFAULT_REQUEST_HEADERS}
        headers["Accept-Encoding"] = ", ".join(ENCODINGS)
        transport = Guarded(self.allow_loopback, self.ciphers)
        return httpx.Client(timeout=PATIENCE, headers=headers, transport=transport)

    def __enter__(self) -> Look:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def fetch(self, url: str) -> Page | None:
        """One page, after its redirects; None, with the reason in `problems`, where nothing came."""
        asked = url
        for _ in range(HOPS):
            try:
                if why := self._refusal(url):
                    raise Refused(why)
                answer, body = self._get(url)
            except Refused as error:
                self.problems.append(f"{asked}: {error}")
                return None
            except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
                self.problems.append(f"{asked}: {type(error).__name__}: {error}")
                return None
            if not answer.has_redirect_location:
                return _page(url, answer, body)
            url = urljoin(url, answer.headers["location"])
        self.problems.append(f"{asked}: more than {HOPS} redirects")
        return None

    def _refusal(self, url: str) -> str | None:
        """Why a URL may not be asked: its host, robots.txt."""
        if why := self.guard.refusal(url):
            return why
        if self.robots is None:
            self.robots = self._read_robots(url)
        return None if self.robots.can_fetch(url, settings.USER_AGENT) else "robots.txt forbids it"

    def _read_robots(self, url: str) -> Protego:
        try:
            answer, body = self._get(urljoin(url, "/robots.txt"))
        except httpx.HTTPError:
            return Protego.parse("")
        return Protego.parse(body.decode("utf-8", "replace") if answer.status_code == 200 else "")

    def _get(self, url: str) -> tuple[httpx.Response, bytes]:
        """An answer and its body; a server of old TLS is asked again as such."""
        try:
            return self._ask(url)
        except httpx.ConnectError as error:
            if self.ciphers or "SSL" not in str(error):
                raise
        self.client.close()
        self.ciphers = OLD_TLS
        self.client = self._client()
        return self._ask(url)

    def _ask(self, url: str) -> tuple[httpx.Response, bytes]:
        time.sleep(self.delay)
        self.client.cookies.clear()  # a session that was at /en/ goes on in English
        with self.client.stream("GET", url) as answer:
            # A piece is unpacked as a whole: gzip makes a thousand of a byte, brotli a million.
            if (packed := answer.headers.get("content-encoding", "identity").lower()) not in ENCODINGS:
                raise ValueError(f"packed as {packed}, which nobody asked for")
            body = b""
            for piece in answer.iter_bytes():
                body += piece
                if len(body) > LIMIT:
                    raise ValueError(f"longer than {LIMIT >> 20} MB")
            return answer, body


def _page(url: str, answer: httpx.Response, body: bytes) -> Page:
    exchange = Exchange(url, answer.status_code, tuple(answer.headers.multi_items()), b"")
    kind = answer.headers.get("content-type", "")
    return Page(url, answer.status_code, body, now(), kind, capture=exchange)


def _line(ciphers: str) -> ssl.SSLContext:
    """TLS as the crawl speaks it, which verifies no certificate."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if ciphers:
        context.set_ciphers(ciphers)
    return context


class Guarded(httpx.HTTPTransport):
    """Connects to the very address that was judged: a name may lead elsewhere when it is asked again."""

    def __init__(self, allow_loopback: bool, ciphers: str = "") -> None:
        super().__init__(verify=_line(ciphers))
        self.allow_loopback = allow_loopback

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises `Refused` for an address inside, and for a name that leads nowhere."""
        host = request.url.host
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Refused(f"its host is not known: {error.strerror}") from None
        for *_, place in found:
            if why := address_refusal(str(place[0]), self.allow_loopback):
                raise Refused(why)
        pinned = httpx.Request(
            request.method, request.url.copy_with(host=str(found[0][4][0])), headers=request.headers,
            stream=request.stream, extensions={**request.extensions, "sni_hostname": host},
        )  # fmt: skip
        return super().handle_request(pinned)
