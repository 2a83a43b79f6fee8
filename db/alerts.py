"""Alerts: a message when a portal begins to need a look, when that becomes something else, when it ends."""

from __future__ import annotations

import json
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from crawler.urls import is_address
from db.site.words import advice
from db.status import ARCHIVED, CLOSED, NEVER, WELL, Status, read_statuses
from db.store import Store

#: Seconds that a webhook or a mail server may take.
PATIENCE = 20
WEBHOOK, MAIL, SMTP, SENDER = (
    f"THONGBAO_{name}" for name in ("ALERT_WEBHOOK", "ALERT_MAIL", "SMTP", "ALERT_FROM")
)


class AlertError(ValueError):
    """Alerts that cannot be meant as they are configured; names the variable, never its value."""


@dataclass(frozen=True, slots=True)
class Change:
    """A portal's state as it was last told, and as it is now."""

    before: str
    status: Status

    def told(self) -> dict[str, Any]:
        """What goes out of it."""
        s = self.status
        return {
            "portal": s.portal, "name": s.name, "province": s.province, "url": s.url, "before": self.before,
            "now": s.state, "reason": s.reason, "advice": advice(s.state, s.portal, "en"), "read": s.last_run,
        }  # fmt: skip


def changes(statuses: Sequence[Status]) -> list[Change]:
    """What was not told yet; of a portal that nobody was told about, only that it needs a look."""
    open_ = (s for s in statuses if s.state not in (ARCHIVED, CLOSED, NEVER))
    return [Change(s.alerted or WELL, s) for s in open_ if s.state != (s.alerted or WELL)]


@dataclass(frozen=True, slots=True)
class Channels:
    """Where alerts go, from the environment; their addresses may be secrets and are told nowhere."""

    webhook: str = ""
    mail: str = ""
    smtp: str = ""
    sender: str = ""

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Channels:
        """The channels that the environment names; raises `AlertError`."""
        found = cls(*(environment.get(name, "").strip() for name in (WEBHOOK, MAIL, SMTP, SENDER)))
        if found.webhook and not is_address(found.webhook):
            raise AlertError(f"{WEBHOOK} is no web address (https://host/…)")
        if bool(found.mail) != bool(found.smtp):
            raise AlertError(f"{MAIL} and {SMTP} go together: who gets mail, and which server sends it")
        if found.smtp and not is_address(found.smtp, ("smtp", "smtps")):
            raise AlertError(f"{SMTP} is no mail server (smtp://user:password@host:587, or smtps://…)")
        return found

    def senders(self) -> dict[str, Callable[[int | None, Sequence[Change]], None]]:
        """How to send, by the name of the variable that asked for it."""
        ways = {WEBHOOK: (self.webhook, self._post), SMTP: (self.smtp, self._mail)}
        return {name: send for name, (wanted, send) in ways.items() if wanted}

    def _post(self, run: int | None, found: Sequence[Change]) -> None:
        body = {"text": _text(found), "run": run, "changes": [change.told() for change in found]}
        data = json.dumps(body, ensure_ascii=False).encode()
        request = Request(self.webhook, data, {"Content-Type": "application/json; charset=utf-8"})
        build_opener(_NoRedirect).open(request, timeout=PATIENCE).close()

    def _mail(self, run: int | None, found: Sequence[Change]) -> None:
        message = EmailMessage()
        message["Subject"] = f"Thông Báo: {_summary(found)}"
        message["From"] = self.sender or f"thongbao@{socket.getfqdn()}"
        message["To"] = self.mail
        message.set_content(_text(found) + "\n")
        server = urlsplit(self.smtp)
        host, secure = server.hostname or "", server.scheme == "smtps"
        context = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(host, server.port or 465, timeout=PATIENCE, context=context)
            if secure
            else smtplib.SMTP(host, server.port or 25, timeout=PATIENCE)
        ) as session:
            session.ehlo()
            if not secure and session.has_extn("starttls"):
                session.starttls(context=context)
                secure = True
            if server.username:
                if not secure and host not in ("localhost", "127.0.0.1", "::1"):
                    raise smtplib.SMTPException("it offers no TLS: the password is not sent in the clear")
                session.login(unquote(server.username), unquote(server.password or ""))
            session.send_message(message)


def send_alerts(store: Store, channels: Channels) -> list[str]:
    """Tell what changed since it was last told; returns what went wrong, without addresses.

    What no channel could deliver is told again after the next crawl.
    """
    senders = channels.senders()
    found = changes(read_statuses(store.database.conn)) if senders else []
    troubles = []
    for name, send in senders.items() if found else ():
        try:
            send(store.run, found)
        except (OSError, HTTPException) as error:  # TLS, names that are not found, smtplib's too
            troubles.append(f"the alert could not be delivered ({name}): {_why(error)}")
    if len(troubles) < len(senders):
        store.mark_alerted({change.status.portal: change.status.state for change in found})
    return troubles


def _why(error: OSError | HTTPException) -> str:
    """What went wrong, without the addresses that some errors repeat."""
    if isinstance(error, HTTPError):
        return f"HTTP {error.code}"
    if isinstance(error, HTTPException | smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused):
        return type(error).__name__
    return f"{type(error).__name__}: {error}"


class _NoRedirect(HTTPRedirectHandler):
    """A POST that is redirected would arrive as a GET, or somewhere else."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _summary(found: Sequence[Change]) -> str:
    look = sum(change.status.needs_look for change in found)
    parts = [
        f"{look} to look at" if look else "",
        f"{len(found) - look} well again" if look < len(found) else "",
    ]
    return ", ".join(part for part in parts if part)


def _text(found: Sequence[Change]) -> str:
    """The changes in words, a paragraph a portal."""
    paragraphs = [_summary(found)]
    for change in found:
        told = change.told()
        line = f"{told['portal']} ({told['name']}, {told['province']}): {told['before']} → {told['now']}"
        paragraphs.append("\n".join(part for part in (line, told["reason"], told["advice"]) if part))
    return "\n\n".join(paragraphs)
