"""Alerts reach a real web server and a real mail server: once a change of state, and no secret anywhere else."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests import prepared
from tests.captured import Portal, files_of, listing, post

WALL = 200, {}, b"Request unsuccessful. Incapsula incident ID: 1"
MAINTENANCE = 200, {"Content-Type": "text/html; charset=utf-8"}, "<h1>Website đang bảo trì</h1>".encode()
SECRET = "T0KEN-of-the-webhook"


class Webhook:
    """A web server that keeps what is posted to it, and answers `status`."""

    def __init__(self) -> None:
        self.status, self.got = 200, list[dict[str, Any]]()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path == f"/{SECRET}" and hook.status == 200:
                    hook.got.append(json.loads(body))
                self.send_response(hook.status)
                self.send_header("Location", f"/{SECRET}")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/{SECRET}"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    hook = Webhook()
    yield hook
    hook.server.shutdown()


class Mailbox:
    """What a mail server does with a message: keep it."""

    def __init__(self) -> None:
        self.got: list[tuple[list[str], Any, bool]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.got.append((envelope.rcpt_tos, message, bool(session.ssl)))
        return "250 OK"


@contextmanager
def mail_server(box: Mailbox, **options: Any) -> Iterator[int]:
    """A mail server on a free port of loopback (aiosmtpd's own controller knows fixed ports alone)."""
    loop = asyncio.new_event_loop()
    made = loop.create_server(lambda: SMTP(box, loop=loop, **options), "127.0.0.1", 0)
    server = loop.run_until_complete(made)
    thread = Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        loop.close()


def watched(portal) -> Portal:
    return portal({"/": listing(1, 2, 3), **{f"/tin/bai-{n}.html": post(n) for n in range(1, 4)}})


def crawl(site: Portal, *more: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return prepared.run(site.call(*more), environment=environment)


def test_each_change_of_state_is_told_once(portal, webhook: Webhook) -> None:
    site = watched(portal)
    home = site.answers["/"]
    for answer in (home, WALL, WALL, MAINTENANCE, MAINTENANCE, home, home):
        site.answers["/"] = answer
        crawl(site, THONGBAO_ALERT_WEBHOOK=webhook.url)
    told = [(c["before"], c["now"]) for message in webhook.got for c in message["changes"]]
    assert told == [("well", "blocked"), ("blocked", "failing"), ("failing", "well")]
    first, _, last = webhook.got
    change = first["changes"][0]
    assert (change["portal"], change["name"], first["run"]) == ("soyte-binhthuan", "Sở Y tế Bình Thuận", 2)
    assert "Incapsula" in change["reason"]
    assert "--archive wayback soyte-binhthuan" in change["advice"]
    assert first["text"].startswith("1 to look at")
    assert "1 well again" in last["text"]


def test_what_could_not_be_delivered_is_told_by_the_next_crawl(portal, webhook: Webhook) -> None:
    site = watched(portal)
    site.answers["/"] = WALL
    for status in (500, 302):
        webhook.status = status
        done = crawl(site, THONGBAO_ALERT_WEBHOOK=webhook.url)
        assert f"the alert could not be delivered (THONGBAO_ALERT_WEBHOOK): HTTP {status}" in done.stderr
        assert done.returncode == 1
    assert webhook.got == []
    webhook.status = 200
    crawl(site, THONGBAO_ALERT_WEBHOOK=webhook.url)
    crawl(site, THONGBAO_ALERT_WEBHOOK=webhook.url)
    assert len(webhook.got) == 1


def test_where_alerts_go_stands_in_no_log_and_no_index(portal, webhook: Webhook, tmp_path: Path) -> None:
    site = watched(portal)
    site.answers["/"] = WALL
    environment = {
        "THONGBAO_ALERT_WEBHOOK": webhook.url,
        "THONGBAO_SMTP": "smtp://nobody:geheim-9@127.0.0.1:9",
        "THONGBAO_ALERT_MAIL": "sotruc@example.org",
    }
    done = crawl(site, "-v", **environment)
    assert len(webhook.got) == 1
    assert "(THONGBAO_SMTP): ConnectionRefusedError" in done.stderr
    files = [f for f in [*tmp_path.glob("a.db*"), *files_of(tmp_path)] if f.is_file()]
    kept = done.stdout.encode() + done.stderr.encode() + b"".join(f.read_bytes() for f in files)
    assert len(files) > 1
    for secret in (SECRET, "geheim-9", "sotruc@"):
        assert secret.encode() not in kept


@pytest.mark.parametrize(
    ("environment", "why"),
    [
        ({"THONGBAO_ALERT_WEBHOOK": "hooks.example.org/x"}, "THONGBAO_ALERT_WEBHOOK is no web address"),
        ({"THONGBAO_ALERT_MAIL": "a@example.org"}, "THONGBAO_ALERT_MAIL and THONGBAO_SMTP go together"),
        (
            {"THONGBAO_ALERT_MAIL": "a@example.org", "THONGBAO_SMTP": "mail.example.org"},
            "THONGBAO_SMTP is no mail server",
        ),
    ],
)
def test_a_mistake_in_the_configuration_is_told_before_the_crawl(
    portal, tmp_path: Path, environment, why: str
) -> None:
    done = crawl(watched(portal), **environment)
    assert (done.returncode, why in done.stderr) == (2, True)
    assert not (tmp_path / "a.db").exists()


def test_mail_says_what_is_wrong_and_what_to_do(portal) -> None:
    box = Mailbox()
    site = watched(portal)
    site.answers["/"] = WALL
    with mail_server(box) as port:
        environment = {"THONGBAO_ALERT_MAIL": "truc@example.org, ban@example.org", "THONGBAO_ALERT_FROM": "may@example.org",
                       "THONGBAO_SMTP": f"smtp://127.0.0.1:{port}"}  # fmt: skip
        for _ in range(2):
            assert "could not be delivered" not in crawl(site, **environment).stderr
    [(recipients, message, _)] = box.got
    assert recipients == ["truc@example.org", "ban@example.org"]
    assert (message["From"], message["Subject"]) == ("may@example.org", "Thông Báo: 1 to look at")
    body = message.get_content()
    assert "soyte-binhthuan (Sở Y tế Bình Thuận, Bình Thuận): well → blocked" in body
    assert "Incapsula" in body
    assert "thongbao crawl --archive wayback soyte-binhthuan" in body


def certificate(folder: Path) -> Path:
    """A certificate for localhost with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "localhost.pem").write_bytes(made.public_bytes(pem) + private)
    return folder / "localhost.pem"


def test_a_password_goes_over_tls_to_a_server_that_proves_who_it_is(portal, tmp_path: Path) -> None:
    file = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def authenticator(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"may", b"p/w@1")
        return AuthResult(success=good)

    box = Mailbox()
    site = watched(portal)
    site.answers["/"] = WALL
    with mail_server(
        box, tls_context=context, require_starttls=True, authenticator=authenticator, auth_required=True
    ) as port:
        environment = {
            "THONGBAO_ALERT_MAIL": "truc@example.org",
            "THONGBAO_SMTP": f"smtp://may:p%2Fw%401@localhost:{port}",
        }
        stranger = crawl(site, **environment)
        assert "(THONGBAO_SMTP): SSLCertVerificationError" in stranger.stderr
        assert box.got == []
        assert "could not be delivered" not in crawl(site, **environment, SSL_CERT_FILE=str(file)).stderr
    assert [over_tls for _, _, over_tls in box.got] == [True]
