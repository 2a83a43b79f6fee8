"""What became of a request that failed, for people: refused, or a broken line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scrapy.exceptions import DownloadCancelledError, IgnoreRequest, ResponseDataLossError

from crawler.guard import INSIDE, Refused
from crawler.model import Outcome

if TYPE_CHECKING:
    from twisted.python.failure import Failure

_TWISTED = re.compile(r"<twisted\.python\.failure\.Failure [\w.]*?(\w+): (.*?)>\]", re.S)
#: What happened on the line, by the name of its exception, for people.
_PLAINLY = {
    "CannotResolveHostError": "the host's name leads nowhere",
    "DownloadConnectionRefusedError": "nobody answers",
    "DownloadTimeoutError": "no whole answer in time",
    "ConnectionDone": "closed before an answer",
    "ConnectionLost": "closed before an answer",
    "Error": "no TLS connection",  # OpenSSL.SSL.Error
    **dict.fromkeys(["HeadTooLong", "ParseError", "InvalidHeaderName"], "no HTTP"),
    # gzip's, zlib's and brotli's, zstd's, our own
    **dict.fromkeys(
        ["EOFError", "BadGzipFile", "error", "ZstdError", "CutOff"], "packed, and cannot be unpacked"
    ),
}


def problem_of(failure: Failure) -> tuple[Outcome, str]:
    """Outcome and reason of a request that failed: refused by the guard or robots.txt, or a broken line."""
    error = failure.value
    if isinstance(error, Refused) or (isinstance(error, IgnoreRequest) and "robots.txt" in str(error)):
        return Outcome.BLOCKED, str(error)
    if isinstance(error, IgnoreRequest) and "max redirections" in str(error):
        return Outcome.FAILED, "redirects without end: given up at the limit, REDIRECT_MAX_TIMES"
    if isinstance(error, DownloadCancelledError) or "DOWNLOAD_MAXSIZE" in str(error):
        return Outcome.FAILED, "larger than the limit, DOWNLOAD_MAXSIZE (25 MB uncompressed)"
    if isinstance(error, ResponseDataLossError):
        return Outcome.FAILED, "the answer broke off before its end"
    # Twisted packs what happened into a list of failures.
    inner = _TWISTED.search(str(error))
    name, said = (inner[1], inner[2]) if inner else (type(error).__name__, str(error))
    host = urlsplit(failure.request.url).hostname or ""  # type: ignore[attr-defined]  # set by Scrapy
    if name == "CannotResolveHostError" and host in INSIDE:
        return Outcome.BLOCKED, INSIDE[host]
    return Outcome.FAILED, " ".join(f"{_PLAINLY.get(name, name)}: {said}".split())[:300]
