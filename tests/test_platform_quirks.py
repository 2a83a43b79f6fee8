"""What real portals do to a crawler: each quirk once seen, on a server or in a page that has it."""

from __future__ import annotations

import json
import re
import sqlite3
import ssl
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from crawler.html import parse
from crawler.model import Outcome, Page, Portal
from crawler.platforms import liferay, nukeviet, vccorp, websphere
from crawler.platforms.common import stamp_of
from crawler.reader import read_page
from tests import prepared
from tests.portals.families import families, served, write_registry

ROOT = Path(__file__).parents[1]
TITLE = "Thông báo khẩn về phòng, chống dịch Covid-19 tại thị xã Gò Công"
BODY = "<p>Từ 0 giờ ngày 12/7/2021, thị xã Gò Công giãn cách xã hội để phòng dịch Covid-19; ai ho, sốt gọi 0273.3842.115.</p>"
POST = f"<html><head><title>{TITLE}</title></head><body><h1>{TITLE}</h1><span>12/07/2021 08:15</span><div>{BODY}</div></body></html>"

#: The second Oakley group (RFC 2409), 1,024 bits.
OAKLEY_GROUP_2 = """-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
"""

Answer = Callable[[BaseHTTPRequestHandler], str]


def start(answer: Answer, tls: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    """A portal whose pages a function gives; '' is 404, an address is a redirect."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = answer(self)
            moved = content.startswith("http")
            self.send_response(302 if moved else 200 if content else 404)
            if moved:
                self.send_header("Location", content)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Set-Cookie", "GUEST_LANGUAGE_ID=en_US; Path=/")
            data = content.encode()
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def crawl(tmp_path: Path) -> Callable[..., tuple[dict[str, int], list[tuple[str, ...]]]]:
    """Crawl a portal at an address; what each page's outcome was, and the notices."""

    def run(home: str, entry: str = "") -> tuple[dict[str, int], list[tuple[str, ...]]]:
        folder = tmp_path / f"r{len(list(tmp_path.iterdir()))}"
        folder.mkdir()
        (folder / "a.yml").write_text(
            f"province: Tiền Giang\nportals:\n  - id: a-tiengiang\n    name: A\n    kind: district\n    url: {home}\n{entry}",
            encoding="utf-8",
        )
        database = folder / "o.db"
        done = prepared.run(["--db", database, "crawl", "--all", "--json", "--registry", folder, "--allow-loopback",
                             "--delay", "0"])  # fmt: skip
        outcomes = json.loads(done.stdout)["portals"][0]["outcomes"]
        return outcomes, sqlite3.connect(database).execute("select title, url from notices").fetchall()

    return run


def page(html: str, url: str = "http://p.example/tin/bai-33871.html") -> Page:
    return Page(url, 200, html.encode(), datetime.now(UTC), "text/html; charset=utf-8")


# -- counters, states, downloads: the families crawled twice ----------------------------------------------


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[dict[str, int]], sqlite3.Connection]:
    folder = tmp_path_factory.mktemp("twice")
    sites = [
        site for site in families() if site.name in ("liferay-62", "nukeviet", "websphere", "vhv-hungyen")
    ]
    with served(sites) as addresses:
        write_registry(folder / "registry", sites, addresses, "own")
        for _ in range(2):
            done = prepared.run(["--db", folder / "o.db", "crawl", "--all", "--keep", "all", "--json", "--registry",
                                 folder / "registry", "--allow-loopback", "--delay", "0"])  # fmt: skip
            assert done.returncode == 0, done.stderr
    outcomes = [portal["outcomes"] for portal in json.loads(done.stdout)["portals"]]
    return outcomes, sqlite3.connect(folder / "o.db")


def test_counters_clocks_and_states_that_move_change_nothing(twice) -> None:
    assert len(twice[0]) == 4
    assert all("new" not in outcomes and "changed" not in outcomes for outcomes in twice[0]), twice[0]


def test_downloads_that_work_in_a_session_only_are_not_asked_for(twice) -> None:
    asked = [row[0] for row in twice[1].execute("select url from pages")]
    assert asked
    assert not [url for url in asked if "download=1" in url or "/savefile/" in url or "/users/" in url]


def test_one_page_has_one_address_whatever_its_state(twice) -> None:
    asked = [row[0] for row in twice[1].execute("select url from pages where url like '%/wps/%'")]
    assert asked
    assert not [url for url in asked if "!ut" in url]


# -- sessions, hosts, TLS ---------------------------------------------------------------------------------


def test_no_cookie_is_sent_back_so_no_language_leaks(crawl) -> None:
    seen: list[str | None] = []

    def answer(asked: BaseHTTPRequestHandler) -> str:
        seen.append(asked.headers.get("Cookie"))
        return (
            POST
            if "bai" in asked.path
            else f"<html><body><a href=/en/>English</a><a href=/tin/bai-33871.html>{TITLE}</a></body></html>"
        )

    server = start(answer)
    outcomes, notices = crawl(f"http://127.0.0.1:{server.server_address[1]}/")
    server.shutdown()
    assert len(notices) == 1
    assert outcomes["new"] >= 2
    assert set(seen) == {None}


def test_a_portal_that_moved_to_another_host_has_each_notice_once(crawl) -> None:
    """After the merger of provinces: the old name redirects, old links stay beside new ones."""
    hosts: dict[str, str] = {}

    def old(asked: BaseHTTPRequestHandler) -> str:
        return hosts["new"] + asked.path

    def new(asked: BaseHTTPRequestHandler) -> str:
        if "bai" in asked.path:
            return POST
        items = (
            f"{hosts['old']}/tin/bai-33871.html",
            f"{hosts['new']}/tin/bai-33871.html",
            f"{hosts['old']}/tin/bai-33872.html",
        )
        return (
            "<html><body>"
            + "".join(f"<li><a href={link}>{TITLE}</a></li>" for link in items)
            + "</body></html>"
        )

    servers = [start(old), start(new)]
    hosts |= {
        name: f"http://127.0.0.1:{s.server_address[1]}"
        for name, s in zip(("old", "new"), servers, strict=True)
    }
    _, notices = crawl(hosts["old"] + "/", f"    hosts: ['{hosts['new'].removeprefix('http://')}']\n")
    for server in servers:
        server.shutdown()
    assert sorted(url for _, url in notices) == [f"{hosts['new']}/tin/bai-3387{n}.html" for n in (1, 2)]


@pytest.mark.parametrize(
    ("served", "entry"),
    [
        ("DHE-RSA-AES256-GCM-SHA384:AES256-GCM-SHA384", "DEFAULT:!DH"),
        ("DHE-RSA-AES256-GCM-SHA384", "DEFAULT@SECLEVEL=1"),
    ],
    ids=["prefers it (moh.gov.vn)", "has nothing else"],
)
def test_legacy_tls_is_let_in_for_one_portal_by_its_entry(
    crawl, tmp_path: Path, served: str, entry: str
) -> None:
    """A server of a 1,024-bit Diffie-Hellman group."""
    server = start(
        lambda asked: POST if "bai" in asked.path else f"<a href=/tin/bai-33871.html>{TITLE}</a>",
        weak_tls(tmp_path, served),
    )
    home = f"https://127.0.0.1:{server.server_address[1]}/"
    refused, nothing = crawl(home, "    settings: {RETRY_TIMES: 0}\n")
    _, notices = crawl(home, f"    settings: {{DOWNLOADER_CLIENT_TLS_CIPHERS: '{entry}'}}\n")
    server.shutdown()
    assert (set(refused), nothing) == ({"failed"}, [])
    assert [title for title, _ in notices] == [TITLE]


def test_a_probe_of_old_tls_writes_what_its_entry_needs(tmp_path: Path) -> None:
    server = start(
        lambda asked: POST if "bai" in asked.path else f"<a href=/tin/bai-33871.html>{TITLE}</a>",
        weak_tls(tmp_path, "DHE-RSA-AES256-GCM-SHA384"),
    )
    home = f"https://127.0.0.1:{server.server_address[1]}/"
    done = prepared.run(["portals", "--probe", home, "--allow-loopback"])
    server.shutdown()
    assert done.returncode == 0, done.stderr
    assert "    settings: {DOWNLOADER_CLIENT_TLS_CIPHERS: 'DEFAULT@SECLEVEL=1'}\n" in done.stdout


def weak_tls(folder: Path, ciphers: str) -> ssl.SSLContext:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = serialization.Encoding.PEM
    file, group = folder / "key.pem", folder / "dh.pem"
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + certificate.public_bytes(pem))
    group.write_text(OAKLEY_GROUP_2)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    context.load_cert_chain(file)
    context.load_dh_params(str(group))
    return context


@pytest.mark.parametrize(
    ("html", "url", "outcome"),
    [
        (
            "<html><script>document.cookie='D1N=8a1f'+';path=/';location.reload();</script></html>",
            "http://p.example/",
            Outcome.BLOCKED,
        ),
        (
            "<html><head><meta http-equiv=refresh content='0;url=/NotActive.htm'></head></html>",
            "http://p.example/",
            Outcome.GONE,
        ),
        (
            "<html><body>Trang thông tin tạm ngừng</body></html>",
            "http://p.example/NotActive.htm",
            Outcome.GONE,
        ),
    ],
    ids=["D1N", "NotActive", "NotActive by redirect"],
)
def test_walls_and_switched_off_portals_under_200(html: str, url: str, outcome: Outcome) -> None:
    read = read_page(page(html, url), Portal("p", "P", "Hà Nam", "construction", "http://p.example/"))
    assert read.problem is outcome


# -- stamps and letters -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "day", "clock"),
    [
        ("24/03/2020 | 3:27 PM", date(2020, 3, 24), "15:27"),
        ("Ngày đăng 09/09/2020 | 05:07 PM  |  View count: 842", date(2020, 9, 9), "17:07"),
        ("Publish date 12/02/2020 | 11:03 AM | Lượt xem: 2771", date(2020, 2, 12), "11:03"),
        ("05/03/2014 | 12:00 AM", date(2014, 3, 5), None),
        ("05/03/2014 | 12:30 PM", date(2014, 3, 5), "12:30"),
        ("28/11/2021 09:30:41", date(2021, 11, 28), "09:30"),
        ("Ngày đăng: 23/11/2021  17:08", date(2021, 11, 23), "17:08"),
        ("( Cập nhật lúc: 29/11/2021 )", date(2021, 11, 29), None),
        ("Thứ năm, 30/10/2025 | 10:31", date(2025, 10, 30), "10:31"),
        ("Thứ hai - 12/04/2021 15:30", date(2021, 4, 12), "15:30"),
        ("Cập nhật : 04-04-2018 - 09:34", date(2018, 4, 4), "09:34"),
        ("(26/08/2021)", date(2021, 8, 26), None),
        ("2021-11-25T18:30:00+00:00", date(2021, 11, 26), "01:30"),
        ("2021-11-25T08:15:00+07:00", date(2021, 11, 25), "08:15"),
        ("Thứ năm, 27/5/2021 | 6:55:39 AM", date(2021, 5, 27), "06:55"),
        ("7 Tháng Năm, 2021", date(2021, 5, 7), None),
        ("Ngày 16/72/2020", None, None),
        ("31/02/2021 08:00", None, None),
        ("", None, None),
    ],
)
def test_stamps_as_portals_print_them(printed: str, day: date | None, clock: str | None) -> None:
    assert stamp_of(printed) == (day, clock)


@pytest.mark.parametrize(
    "word",
    [
        "Th&ocirc;ng b&aacute;o bộ phận",
        "Thông báo bộ phận",
        "Th&#xF4;ng b&#225;o b&#7897; ph&#7853;n",
        "Tho\u0302ng ba\u0301o bo\u0323\u0302 pha\u0323\u0302n",
    ],
    ids=["named", "raw", "numeric", "decomposed"],
)
def test_letters_are_the_same_however_they_are_written(word: str) -> None:
    html = re.sub("<p>", f"<p>{word}. ", POST, count=1)
    read = read_page(page(html), Portal("p", "P", "Tiền Giang", "district", "http://p.example/"))
    assert read.post
    assert read.post.body.startswith("Thông báo bộ phận. Từ 0 giờ")


def test_labels_that_are_escaped_twice_are_read() -> None:
    html = '<a href="/a-115241129123739455.htm" title="G&amp;ograve; V&amp;#7845;p ch&amp;#7889;ng d&amp;#7883;ch"><img></a>'
    listing = vccorp.read_listing(parse(page(html)), "http://p.example/")
    assert [link.title for link in listing.posts] == ["Gò Vấp chống dịch"]


# -- addresses --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("identify", "one", "other"),
    [
        (
            liferay.identify,
            "/a/-/view_content/3602824-x.html",
            "/en/b/-/view_content/pop_up/3602824-x.html?_101_viewMode=print",
        ),
        (nukeviet.identify, "/vi/news/a/bai-12.html", "/index.php/vi/news/print/b/bai-12.html"),
        (nukeviet.identify, "/vi/news/a/bai-12.html", "/news/a/bai-12/"),
        (nukeviet.identify, "/vi/news/a/bai-12.html", "/index.php?language=vi&nv=news&op=a/bai-12"),
        (
            websphere.identify,
            "/wps/portal/Home/x/131a2c47-a6e7-4e2b-9605-b45903598728",
            "/wps/portal/Home/x/131a2c47-a6e7-4e2b-9605-b45903598728/!ut/p/z0/fYxNC8IwEET/",
        ),
    ],
)
def test_one_post_has_one_identity_under_all_its_addresses(identify, one: str, other: str) -> None:
    first, second = identify("http://p.example" + one), identify("http://p.example" + other)
    assert first
    assert second
    assert first[0] == second[0]


@pytest.mark.parametrize(
    "path", ["covid-19/", "a/page-2/", "topic/covid-19/", "print/", "tag/covid-19/", "savefile/a/bai-12.html"]
)
def test_sections_whose_names_end_in_a_number_are_no_posts(path: str) -> None:
    assert nukeviet.identify(f"http://p.example/vi/news/{path}") is None


def test_posts_of_two_modules_with_one_number_are_two() -> None:
    news, law = (
        nukeviet.identify(f"http://p.example/vi/{path}")
        for path in ("news/a/bai-12.html", "laws/detail/bai-12/")
    )
    assert news
    assert law
    assert news[0] != law[0]
