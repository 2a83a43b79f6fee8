"""Pages under HTTP 200 in a portal's place: maintenance, logins, challenges, servers without their site."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from crawler.extract.normalise import normalise
from crawler.html import headlines
from crawler.model import Outcome, Page

#: Characters of text up to which a page may be nothing but such a notice; a portal's own pages have more.
SHORT = 1_500
#: Scripts that a wall puts before the page (Imperva, Cloudflare, Akamai, puzzles). Normal pages may carry
#: them too, so they count only where hardly a word stands beside them.
_CHALLENGES = (
    b"_Incapsula_Resource",
    b"/cdn-cgi/challenge-platform/",
    b"errors.edgesuite.net",
    b"g-recaptcha",
    b"cf-turnstile",
)
_STATUS = r"(?:(?:lỗi|error|http)\W*)?(?:[45]\d\d\W*)?"
_WEB = r"trang (?:web|thông tin|tin|này|chủ|\S+\.\S+)|web ?site|cổng|máy chủ|site"
_POLITE = r"(?:(?:hiện tại|hiện nay|hiện|xin lỗi|thông báo)\W+)?"
_SITE = rf"{_POLITE}(?:{_WEB}|hệ thống)\b.*"
_MAINTENANCE = (
    rf"(?:{_SITE})?(?:đang|tạm)\b.*(?:bảo trì|bảo dưỡng)",
    rf"{_SITE}(?:đang|tạm)\b.*(?:nâng cấp|xây dựng|gián đoạn|quá tải)",
    rf"{_POLITE}(?:{_WEB})\b.*(?:đang|tạm)\b.*hoạt động",  # a chain of shops (hệ thống) closes too
    r"(?:thông báo |đang )?bảo trì(?: hệ thống| web ?site)?$",
    r".*(?:down for|under(?:going)?|in|scheduled|routine) (?:maintenance|construction)\b",
    r".*\b(?:performing|scheduled) (?:\w+ )?maintenance\b",
    rf"{_STATUS}(?:the )?(?:service|web ?site|server) (?:is )?(?:temporarily )?unavailable",
)
#: Errors that an application, or a server before it, answers under 200.
_ERRORS = (
    r"server error in '.*' application",
    rf"{_STATUS}(?:runtime|database|internal server) error\W*$",
    r"error establishing a database connection",
    r"lỗi kết nối (?:cơ sở dữ liệu|csdl|database)",
    rf"{_STATUS}(?:bad gateway|gateway time-?out)\W*$",
)
_WALLS = (
    rf"{_STATUS}access (?:to this page has been )?denied",
    rf"{_STATUS}(?:forbidden|too many requests)\W*$",
    r"(?:đang|vui lòng|hệ thống đang)\b.*(?:kiểm tra trình duyệt|xác minh (?:bạn|rằng))",
    r"vui lòng (?:nhập|xác nhận)\b.*(?:captcha|mã (?:xác nhận|bảo vệ|xác thực)|không phải (?:là )?robot)",
    r"verify(?:ing)? (?:that )?you are (?:a )?human",
    r"checking (?:if the site connection is secure|your browser)",
    r"ddos protection by ",
    r"pardon our interruption",
    r"please (?:enable|turn on) (?:javascript|cookies)",
    r"(?:vui lòng )?(?:bật|kích hoạt) javascript",
    r"truy cập (?:của bạn )?(?:đã )?bị (?:từ chối|chặn)",
)
#: Hosters whose customer did not pay.
_SUSPENDED = (
    r"(?:this )?(?:account|web ?site) (?:has been |is )?suspended",
    r"bandwidth limit exceeded",
    r"(?:tài khoản|web ?site|trang web|tên miền)\b.* (?:bị|tạm) (?:tạm )?(?:khóa|khoá|ngưng|dừng)",
)
_LEFT = (
    r"(?:tên miền|domain)\b.* (?:hết hạn|expired)",
    r"this domain is for sale",
    r"iis windows server",
    r"iis\d+$",
    r"welcome to nginx",
    r"apache2 (?:ubuntu|debian) default page",
    r"it works!$",
)
_SAYS = tuple(
    (outcome, re.compile("|".join(phrases), re.I))
    for outcome, phrases in (
        (Outcome.FAILED, _MAINTENANCE + _ERRORS),
        (Outcome.BLOCKED, _WALLS + _SUSPENDED),
        (Outcome.GONE, _LEFT),
    )
)
_LOGIN = re.compile(r"đăng nhập|login|log in|sign in", re.I)
_LOGIN_FORM = re.compile(
    r"(?:tên (?:đăng nhập|truy cập|tài khoản)|tài khoản|mật khẩu|user ?name|password)\b", re.I
)
#: A form that a script sends on to a single sign-on as soon as the page is there.
_SENT_ON = re.compile(rb"SAMLRequest|SAMLResponse|wsignin1\.0|response_type=code")


def standstill(tree: LexborHTMLParser, page: Page, text: str) -> tuple[Outcome, str] | None:
    """What a page says instead of the portal's content, or None; asked of pages without a dated post alone.

    Its words begin a title, headline or line of its `text`, which is short.
    """
    if len(text) > SHORT:
        return None
    heads = headlines(tree, "title, h1, h2")
    for line in (*heads, *map(normalise, text.split("\n"))):
        for outcome, words in _SAYS:
            if len(line) < 300 and words.match(line):
                return outcome, f"the page says, under HTTP {page.status}: {line[:120]}"
    # Many a portal has a box to log in beside its menu; a login's page is named after it, or is all of it.
    if tree.css_first("input[type=password i]") and (
        any(map(_LOGIN.search, heads)) or (len(text) < 200 and _LOGIN_FORM.search(text))
    ):
        return Outcome.BLOCKED, f"a login is asked for, under HTTP {page.status}"
    if len(text) < 200 and tree.css_first("form") and _SENT_ON.search(page.body):
        return Outcome.BLOCKED, f"a login is asked for elsewhere, under HTTP {page.status}"
    if len(text) < 300 and (mark := next((m for m in _CHALLENGES if m in page.body), None)):
        return Outcome.BLOCKED, f"a block page under HTTP {page.status}: {mark.decode()}"
    return None
