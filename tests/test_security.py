"""Nobody gets in: what docs/security.md promises, where no other module's tests hold it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request, urlopen

import brotli
import pytest

from crawler.attachments.read import read_file
from crawler.guard import Guard, address_refusal
from crawler.model import Page, Portal
from crawler.reader import read_page
from spiders.look import Look
from tests import made
from tests.portals.faults import served, text

ROOT = Path(__file__).parents[1]
SECRET = "geheim-1f2e3d"


# -- addresses ---------------------------------------------------------------------------------------

INNER = [
    "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "255.255.255.255", "224.0.0.1",
    "192.0.0.192", "168.63.129.16", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "::",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::a00:1", "2002:a00:1::",
    "2001:0:a00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", INNER)
def test_no_address_inside_is_asked_loopback_allowed_or_not(address: str) -> None:
    assert address_refusal(address, allow_loopback=False)
    assert address_refusal(address, allow_loopback=True)


@pytest.mark.parametrize("address", ["8.8.8.8", "113.160.92.202", "2405:4800::1"])
def test_public_addresses_are_asked(address: str) -> None:
    assert address_refusal(address, allow_loopback=False) is None


@pytest.mark.parametrize("url", [
    "file:///etc/passwd", "ftp://soyte.example/x", "data:text/html,x", "gopher://soyte.example/", "javascript:alert(1)",
    "s3://soyte.example/x", "http://soyte.example@10.0.0.1/", "http://10.0.0.1#@soyte.example/", "http://soyte.example:22/",
    "//soyte.example/", "http:///x", "http://soyte.example\\@10.0.0.1/",
])  # fmt: skip
def test_no_other_scheme_host_or_port_is_asked(url: str) -> None:
    assert Guard.of(["https://soyte.example/"]).refusal(url)


def run(program: str, *arguments: str) -> str:
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=ROOT)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_name_is_judged_at_every_look_up() -> None:
    """DNS rebinding: the first answer is public, the second is not; the machine's resolver is made to say so."""
    told = run("""
import socket
from scrapy.utils.reactor import install_reactor
install_reactor("twisted.internet.asyncioreactor.AsyncioSelectorReactor")
from twisted.internet import reactor
from twisted.internet._resolver import GAIResolver
from crawler.guard import INSIDE, GuardedResolver
answers = iter([["8.8.8.8"], ["10.0.0.1"], ["127.0.0.1", "::1"], ["8.8.4.4"], ["2405:4800::1"], ["fd00::1"],
                ["2405:4800::1", "10.0.0.1", "fe80::1", "8.8.4.4"]])
def look_up(name, port, family, kind):
    return [(socket.AF_INET6 if ":" in a else socket.AF_INET, kind, 0, "", (a, port)) for a in next(answers)]
reactor.installNameResolver(GAIResolver(reactor, getaddrinfo=look_up))
resolver = GuardedResolver(reactor, 0)
class Receiver:
    def __init__(self):
        self.found = []
    def resolutionBegan(self, resolution):
        pass
    def addressResolved(self, address):
        self.found.append(address.host)
    def resolutionComplete(self):
        print(*self.found or [INSIDE["soyte.example"]])
        ask()
def ask(left=[7]):
    left[0] -= 1
    resolver.resolveHostName(Receiver(), "soyte.example") if left[0] >= 0 else reactor.stop()
reactor.callWhenRunning(ask)
reactor.run()
""")
    inside = "soyte.example leads inside this network: "
    assert told.splitlines() == [
        "8.8.8.8",
        f"{inside}10.0.0.1 is not a public address",
        f"{inside}::1 is this machine; --allow-loopback lets it through",
        "8.8.4.4",
        "2405:4800::1",  # hosts without IPv4 are real
        f"{inside}fd00::1 is not a public address",
        "8.8.4.4 2405:4800::1",  # IPv6 last: many portals' answers nobody
    ]


@pytest.mark.parametrize("host", ["127.1", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "localhost"])
def test_spellings_of_this_machine_are_seen_through(host: str) -> None:
    """By the probe, which asks the machine's resolver; the crawl's meets them in test_faults.py."""
    with Look(f"http://{host}:9/", delay=0) as look:
        assert look.fetch(f"http://{host}:9/") is None
    assert re.search("is this machine|Invalid IPv4 address", look.problems[0])


def test_a_probe_connects_to_the_address_that_was_judged() -> None:
    """The name leads elsewhere with every question: to this machine's portal, and then nowhere."""
    asked: list[str] = []

    def answer(path: str):
        asked.append(path)
        return text(200, "<html><body>Trang chủ</body></html>")

    with served(answer) as server:
        port = server.server_address[1]
        told = run(f"""
import socket
from spiders.look import Look
looked, real = [], socket.getaddrinfo
def other(host, *arguments, **named):
    if host == "soyte.example":
        looked.append(host)
        return real("127.0.0.1" if len(looked) < 3 else "10.0.0.1", *arguments, **named)
    return real(host, *arguments, **named)
socket.getaddrinfo = other
with Look("http://soyte.example:{port}/", allow_loopback=True, delay=0) as look:
    print(look.fetch("http://soyte.example:{port}/").status, look.fetch("http://soyte.example:{port}/2"), look.problems)
""")
    assert told.startswith("200 None")
    assert "10.0.0.1 is not a public address" in told
    assert asked == ["/robots.txt", "/"]


def test_a_probe_bounds_what_it_unpacks() -> None:
    bomb = text(200, brotli.compress(bytes(50_000_000), quality=1), Content_Encoding="br")
    with served({"/": bomb}) as server:
        url = f"http://127.0.0.1:{server.server_address[1]}/"
        with Look(url, allow_loopback=True, delay=0) as look:
            assert look.fetch(url) is None
    assert "packed as br, which nobody asked for" in look.problems[0]


# -- documents ---------------------------------------------------------------------------------------


def entities(secret: Path, root: str) -> str:
    """A document type that takes in a file of this machine, and one that grows a thousandfold at each step."""
    laughs = '<!ENTITY a0 "ha ha ha ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY file SYSTEM "{secret.as_uri()}">{laughs}]>'


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text(SECRET)
    return tmp_path / "secret.txt"


@pytest.mark.parametrize("entity", ["&file;", "&a9;"])
@pytest.mark.parametrize("kind", ["rss", "urlset", "sitemapindex"])
def test_feeds_and_site_maps_take_in_no_entity(secret: Path, kind: str, entity: str) -> None:
    inner = {
        "rss": f"<channel><item><title>{entity} Tin</title><link>http://p.example/tin/bai-12345.html?{entity}</link></item></channel>",
        "urlset": f"<url><loc>http://p.example/tin/bai-12345.html?{entity}</loc></url>",
        "sitemapindex": f"<sitemap><loc>http://p.example/map.xml?{entity}</loc></sitemap>",
    }[kind]
    body = entities(secret, kind) + f"<{kind}>{inner}</{kind}>"
    began = time.process_time()
    page = Page("http://p.example/feed", 200, body.encode(), datetime.now(UTC), "text/xml")
    told = repr(read_page(page, Portal("p", "P", "Hà Nội", "other", "http://p.example/")).listing)
    assert SECRET not in told
    assert len(told) < 100_000
    assert time.process_time() - began < 2


@pytest.mark.parametrize("entity", ["&file;", "&a9;"])
@pytest.mark.parametrize(("make", "member", "mark"), [
    (made.word, "word/document.xml", made.PROSE[0]), (made.sheet, "xl/sharedStrings.xml", "Huyện"), (made.sheet, "xl/worksheets/sheet1.xml", "x"),
], ids=["docx", "xlsx strings", "xlsx sheet"])  # fmt: skip
def test_office_files_take_in_no_entity(secret: Path, make, member: str, mark: str, entity: str) -> None:
    source, out = zipfile.ZipFile(BytesIO(make())), BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == member:
                body = re.sub(r"^<\?xml.*?\?>", "", content.decode(), count=1).strip()
                root = re.match(r"<([\w:]+)", body)
                assert root
                body = re.sub(r"(<(?:\w+:)?[tv](?: [^>]*)?>)", rf"\1{entity}", body)
                assert entity in body
                content = (entities(secret, root[1]) + body).encode()
            target.writestr(info, content)
    began = time.process_time()
    told = read_file(out.getvalue())
    assert SECRET not in told.text
    assert len(told.text) < 100_000
    assert time.process_time() - began < 5


# -- the site ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_the_site_takes_nothing(sample_site: str, sample_index: Path, method: str) -> None:
    before = sample_index.read_bytes()
    for path in ("/", "/notices", "/notices/notices", "/notices/notices/1", "/search"):
        with pytest.raises(HTTPError, match="405"):
            urlopen(Request(sample_site.rstrip("/") + path, data=b"x=1", method=method), timeout=20)
    assert sample_index.read_bytes() == before


@pytest.mark.parametrize("sql", [
    "delete from notices", "update notices set title = 'x'", "drop table notices", "pragma journal_mode = delete",
    "attach database '/tmp/x.db' as x", "insert into notices (id) values (1)", "with x as (select 1) delete from notices",
    "select load_extension('x')", "vacuum into '/tmp/thongbao-copy.db'",
])  # fmt: skip
def test_no_statement_of_a_visitor_writes(sample_site: str, sample_index: Path, sql: str) -> None:
    before = sample_index.read_bytes()
    with pytest.raises(HTTPError) as told:
        urlopen(f"{sample_site.rstrip('/')}/notices.json?sql={quote(sql)}", timeout=20)
    assert told.value.code in (400, 403)
    assert sample_index.read_bytes() == before


# -- the list ----------------------------------------------------------------------------------------


def test_every_test_that_the_threat_list_names_exists() -> None:
    listed = re.findall(r"`(\w+\.py)::(\w+)`", (ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(listed) > 20
    for module, name in listed:
        tree = ast.parse((ROOT / "tests" / module).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, (
            f"{module}::{name}"
        )
