"""What may be fetched: schemes, hosts and addresses, checked on every request and every redirect."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingHostnameResolver

from crawler.urls import netloc

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler


#: Why the resolver refused a name: Twisted passes on only that nothing was found.
INSIDE: dict[str, str] = {}


class Refused(IgnoreRequest):
    """A request that the guard did not let out; its text says why."""


@dataclass(frozen=True, slots=True)
class Guard:
    """The hosts of one portal (`host` or `host:port`), and whether a named loopback host is among them."""

    hosts: frozenset[str]
    allow_loopback: bool = False
    known: dict[tuple[str, str], str | None] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, urls_and_hosts: Iterable[str], allow_loopback: bool = False) -> Guard:
        """A guard that lets through the hosts of the given URLs or plain host names."""
        hosts = (netloc(u) if "//" in u else u.lower() for u in urls_and_hosts)
        return cls(frozenset(h for h in hosts if h), allow_loopback)

    def refusal(self, url: str) -> str | None:
        """Why a URL may not be fetched, as one sentence, or None when it may."""
        parts = urlsplit(url)
        place = parts.scheme, parts.netloc
        if place not in self.known:
            self.known[place] = self._refusal(url)
        return self.known[place]

    def _refusal(self, url: str) -> str | None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https"):
            return f"only http and https are fetched, not {parts.scheme}:"
        host = netloc(url)
        # www.binhduong.gov.vn and binhduong.gov.vn are one portal: their links mix both.
        if host.removeprefix("www.") not in {known.removeprefix("www.") for known in self.hosts}:
            return f"{host} is not a host of this portal (name it under hosts: in the registry if it is)"
        return address_refusal(parts.hostname or "", self.allow_loopback)


def address_refusal(host: str, allow_loopback: bool) -> str | None:
    """Why a literal address (or localhost) may not be asked: loopback, private, link-local, metadata."""
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        return None
    if address.is_loopback:
        return None if allow_loopback else f"{host} is this machine; --allow-loopback lets it through"
    return None if _is_public(address) else f"{host} is not a public address"


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if address in _METADATA or not address.is_global:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not address.is_multicast
    # Python calls site-local, multicast and mapped addresses global, and tunnels that end at an inner one.
    return address in _UNICAST and not (address.sixtofour or address.teredo)


#: Where portals may stand in IPv6 (RFC 4291, 2.4); and public addresses that clouds keep for their metadata.
_UNICAST = ipaddress.ip_network("2000::/3")
_METADATA = frozenset(map(ipaddress.ip_address, ["168.63.129.16", "192.0.0.192"]))


class GuardMiddleware:
    """Downloader middleware: nothing leaves, redirects included, without the spider's `guard` agreeing."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> GuardMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise `Refused` for a URL outside the portal."""
        guard: Guard | None = getattr(self.crawler.spider, "guard", None)
        if guard and (why := guard.refusal(request.url)):
            raise Refused(why)


class GuardedResolver(CachingHostnameResolver):
    """Scrapy's resolver of both kinds of address, giving none inside (DNS rebinding)."""

    def resolveHostName(self, resolutionReceiver: Any, hostName: str, *how: Any, **named: Any) -> Any:
        """Resolve a name; nothing is found where no answer is a public address."""
        judging: Any = _PublicOnly(resolutionReceiver, hostName)
        return super().resolveHostName(judging, hostName, *how, **named)


class _PublicOnly:
    """Between a resolver and who asks it: IPv4 first, since many portals' IPv6 answers nobody."""

    def __init__(self, receiver: Any, name: str) -> None:
        self.receiver, self.name = receiver, name
        self.found: list[Any] = []
        self.why = ""

    def resolutionBegan(self, resolution: Any) -> None:
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:
        if why := _refusal_of_answer(address.host, self.name):
            self.why = f"{self.name} leads inside this network: {why}"
        else:
            self.found.append(address)

    def resolutionComplete(self) -> None:
        if self.why and not self.found:
            INSIDE[self.name] = self.why
        else:
            INSIDE.pop(self.name, None)
        for address in sorted(self.found, key=lambda a: ":" in a.host):
            self.receiver.addressResolved(address)
        self.receiver.resolutionComplete()


def _refusal_of_answer(address: str, name: str) -> str | None:
    # A literal address or localhost was judged by the middleware, which knows --allow-loopback.
    with suppress(ValueError):
        if name == "localhost" or ipaddress.ip_address(name) == ipaddress.ip_address(address):
            return None
    return address_refusal(address, allow_loopback=False)
