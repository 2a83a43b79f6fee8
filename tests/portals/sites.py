"""Two small sample portals of our own writing on loopback: a Liferay-like one, one of unknown platform."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from tests import made


@dataclass(frozen=True)
class Sample:
    """A post of a sample portal; `covid` is what a reader would say of it."""

    id: int
    title: str
    stamp: str
    paragraphs: tuple[str, ...]
    covid: bool = True
    table: tuple[tuple[str, str], ...] = ()
    file: str = ""

    @property
    def body(self) -> str:
        """The paragraphs, and the table of names and phone numbers where the post has one."""
        rows = "".join(f"<tr><td>{name}</td><td>{number}</td></tr>" for name, number in self.table)
        file = f'<p><a href="/documents/{self.file}">Danh sách kèm theo</a></p>' if self.file else ""
        table = f"<table>{rows}</table>" if rows else ""
        return "".join(f"<p>{p}</p>" for p in self.paragraphs) + table + file


POSTS = (
    Sample(7101, "Công bố số điện thoại đường dây nóng phòng, chống dịch Covid-19", "12/05/2021 | 09:15 AM", (
        "Sở Thông tin và Truyền thông Bình Thuận công bố đường dây nóng tiếp nhận phản ánh của người dân:"
        " 0252.3999.115 "
        "và 0918.300.115, trực 24/24 giờ kể từ ngày 13/5/2021.",
        "Thực hiện Công văn số 1742/UBND-KGVXNV ngày 10/5/2021 của UBND tỉnh, các đơn vị niêm yết số điện"
        " thoại này.",)),
    Sample(7102, "Sở ban hành Kế hoạch tuyên truyền tiêm vắc xin phòng Covid-19", "20/07/2021 | 02:30 PM", (
        "Ngày 19/7/2021, Sở đã ban hành Kế hoạch số 88/KH-STTTT về tuyên truyền tiêm vắc xin phòng"
        " Covid-19 tại Phan Thiết.",
        "Kế hoạch căn cứ Nghị quyết số 21/NQ-CP ngày 26/02/2021 của Chính phủ; vắc xin được tiêm miễn"
        " phí.",)),
    Sample(7103, unicodedata.normalize("NFD", "Hướng dẫn khai báo y tế điện tử phòng dịch Covid-19 cho hành khách"), "03/08/2021 | 12:00 AM", (
        unicodedata.normalize("NFD", "Hành khách đến Hàm Tân khai báo y tế điện tử trước khi qua chốt kiểm soát dịch Covid-19."),
        "Ai gặp khó khăn xin gọi tổng đài 1022.",)),
    Sample(7104, "Tập huấn chữ ký số cho cán bộ văn thư huyện Tuy Phong", "05/08/2021 | 10:00 AM", (
        "Sáng 4/8/2021, lớp tập huấn chữ ký số khai giảng với bốn mươi học viên của các phòng ban.",), False),
    Sample(7105, "Tạm dừng lễ hội và hoạt động đông người vì dịch Covid-19", "", (
        "Theo Chỉ thị số 16/CT-TTg ngày 31/3/2020 của Thủ tướng Chính phủ, các lễ hội tại La Gi tạm dừng"
        " vì dịch Covid-19.",)),
    Sample(7106, "Kết quả thi sáng tạo trẻ năm học mới của tỉnh Bình Thuận", "09/09/2021 | 08:00 AM", (
        "Ban tổ chức trao mười giải cho các em học sinh có mô hình sáng tạo.",), False),
    Sample(7107, "Danh sách đường dây nóng phòng, chống dịch Covid-19 của các huyện, thị xã", "16/08/2021 | 07:40 AM", (
        "Người dân cần hỗ trợ trong thời gian giãn cách xã hội xin gọi các số đường dây nóng sau:",), True, (
        ("UBND thành phố Phan Thiết", "0252.3888.101"), ("UBND huyện Tuy Phong", "0252.3888.102"),
        ("UBND huyện Hàm Tân", "0252.3888.103 / 0913.200.103"), ("UBND thị xã La Gi", "(0252) 3888 104"))),
    Sample(7108, "Quyết định thay thế quy định về chốt kiểm soát dịch Covid-19", "30/08/2021 | 05:15 PM", (
        "Ngày 29/8/2021, UBND tỉnh Bình Thuận ban hành Quyết định số 2244/QĐ-UBND về chốt kiểm soát dịch"
        " Covid-19, thay"
        " thế Quyết định số 1990/QĐ-UBND ngày 02/8/2021.",
        "Quyết định có hiệu lực từ 0 giờ ngày 31/8; thực hiện Công điện số 1063/CĐ-TTg ngày 31/7/2021 của"
        " Thủ tướng.",)),
    Sample(7109, "Sở công bố danh sách điện thoại đường dây nóng Covid-19 của các huyện", "02/09/2021 | 03:20 PM", (
        "Danh sách số điện thoại đường dây nóng phòng, chống dịch Covid-19 của các huyện ở tệp kèm theo.",),
        file="danh-sach-duong-day-nong.xlsx"),
)  # fmt: skip
FILES = {"/documents/danh-sach-duong-day-nong.xlsx": made.sheet}
HEALTH = (
    Sample(301, "Thông báo khẩn tìm người đã đến chợ Long Điền liên quan ca mắc Covid-19", "15:20 06/07/2021", (
        "Trung tâm Kiểm soát bệnh tật đề nghị người đã đến chợ Long Điền ngày 04/7/2021 liên hệ ngay"
        " đường dây nóng 0254.3999.095.",
        "Thông báo căn cứ Công văn số 4520/SYT-NVY ngày 05/7/2021 của Sở Y tế về truy vết ca mắc Covid-19"
        " trên địa bàn.",)),
    Sample(302, "Ngừng sử dụng một số điện thoại đường dây nóng Covid-19 của ngành Y tế", "08:00 20/08/2021", (
        "Kể từ ngày 20/8/2021 đường dây nóng Covid-19 mới là 0967.000.254; số 0967.000.111 thôi sử dụng,"
        " người dân không gọi số này.",
        "Các trạm y tế niêm yết số mới tại nơi dễ thấy và thông báo trên loa truyền thanh cơ sở.",)),
    Sample(303, "Hội nghị tổng kết công tác dân số năm và phương hướng nhiệm vụ", "07:45 22/08/2021", (
        "Hội nghị đánh giá công tác dân số của các huyện, thị xã và khen thưởng các tập thể xuất sắc"
        " trong năm qua.",), False),
    Sample(304, "Triển khai xét nghiệm sàng lọc SARS-CoV-2 tại thành phố Vũng Tàu", "16:05 25/08/2021", (
        "Sở Y tế triển khai xét nghiệm sàng lọc SARS-CoV-2 diện rộng tại mười phường của thành phố Vũng"
        " Tàu từ ngày 26/8/2021.",
        "Người dân thực hiện thông điệp 5K và khai báo y tế khi có dấu hiệu sốt, ho; gọi đường dây nóng"
        " 0254.3999.095.",)),
)  # fmt: skip
_COUNTER = itertools.count(100)


def liferay_page(path: str, query: dict[str, list[str]]) -> str | None:
    """A page of the Liferay-like portal: lists of two posts, views under /vi, /en and in print, one dead link."""
    prefix = "/en" if path.startswith("/en/") else ""
    if "/-/view_content/" in path:
        number = path.rsplit("/", 1)[-1].split("-")[0]
        post = next((p for p in POSTS if str(p.id) == number), None)
        return _liferay_post(post, prefix) if post else None
    if path not in ("/", "/tin-tuc", "/vi/tin-tuc", "/en/tin-tuc"):
        return None
    page = int(query.get("_101_cur", ["1"])[0])
    items = "".join(
        f'<div class="asset-abstract"><h3 class="asset-title"><a href="{prefix}/tin-tuc/-/view_content/{p.id}-bai.html">{p.title}</a></h3>'
        f'<div class="assetPublishDate block_timer">Ngày đăng {p.stamp} | View count: {next(_COUNTER)}</div></div>'
        for p in POSTS[2 * page - 2 : 2 * page]
    )
    pager = "".join(f'<li><a href="/tin-tuc?p_p_id=101&_101_cur={n}">{n}</a></li>' for n in (1, 2, 3, 4, 5))
    return _frame(f'<div id="p_p_id_101_" class="portlet-asset-publisher">{items}<a href="/tin-tuc/-/view_content/9999-mat.html">'
                  f"Bài đã bị gỡ khỏi cổng thông tin</a><ul"
                  f" class=lfr-pagination-buttons>{pager}</ul></div>")  # fmt: skip


def _liferay_post(post: Sample, prefix: str) -> str:
    label = "Publish date" if prefix else "Ngày đăng"
    body = post.body
    slug = f"tin-tuc/-/view_content/{post.id}-bai.html"
    return _frame(
        f'<h1>Tin tức</h1><div class="asset-full-content"><div class="asset-full-content-title">{post.title}</div>'
        f'<div class="assetPublishDate block_timer">{label} {post.stamp} | View count: {next(_COUNTER)}</div>'
        f'<div class="journal-content-article">{body}</div></div><a href="vi/vi">Tiếng Việt</a><a href="/en/{slug}">English</a>'
        f'<a href="/tin-tuc/-/view_content/pop_up/{post.id}-bai.html?_101_viewMode=print">In</a>'
    )


def _frame(content: str) -> str:
    return (f"<!doctype html><html><head><meta charset=utf-8><title>Cổng thông tin mẫu</title></head><body>"
            f"<ul class=menu><li><a href=/>Trang chủ</a><li><a href=/tin-tuc>Tin tức</a></ul>{content}"
            f"<div class=footleft>Điện thoại: 0252.3777.888. Fax: 3777999</div></body></html>")  # fmt: skip


def unknown_page(path: str, query: dict[str, list[str]]) -> str | None:
    """A page of the portal of unknown platform: ?trang=N paging, print views, an endless calendar."""
    if path.startswith("/tin/"):
        post = next((p for p in HEALTH if path.endswith(f"-{p.id}.html")), None)
        return _unknown_post(post, path) if post else None
    if path.startswith("/lich/"):
        day = int(path.rsplit("/", 1)[-1])
        return f"<html><body><a href=/lich/{day + 1}>Ngày sau</a></body></html>"
    if path not in ("/", "/thong-bao"):
        return None
    page = int(query.get("trang", ["1"])[0])
    items = "".join(
        f"<li><a href=/tin/bai-viet-{p.id}.html>{p.title}</a></li>" for p in HEALTH[2 * page - 2 : 2 * page]
    )
    return (f"<!doctype html><html><head><meta charset=utf-8><title>Sở Y tế mẫu</title></head><body><nav><a href=/>Trang chủ</a>"
            f"<a href=/thong-bao>Thông báo</a><a href=/lich/1>Lịch</a></nav><ul>{items}</ul>"
            f"<div class=pages><a href=/thong-bao?trang=1>1</a><a"
            f" href=/thong-bao?trang=2>2</a></div></body></html>")  # fmt: skip


def _unknown_post(post: Sample, path: str) -> str:
    body = post.body
    return (f"<!doctype html><html><head><meta charset=utf-8><title>{post.title} - Sở Y tế mẫu</title></head><body>"
            f"<nav><a href=/>Trang chủ</a></nav><main><h1>{post.title}</h1><span>{post.stamp}</span><div"
            f" class=noidung>{body}</div>"
            f"<a href={path}?print=1>Bản in</a></main><footer>Điện thoại:"
            f" 0254.3777.666</footer></body></html>")  # fmt: skip


@contextmanager
def sample_portals(directory: Path) -> Iterator[list[str]]:
    """Serve the sample portals on ports of the system's choice; write their registry files to a directory.

    Yields the log of requests, `portal path` a line.
    """
    log: list[str] = []
    servers = []
    for name, page, province, kind, platform in (
        ("stttt-mau", liferay_page, "Bình Thuận", "information_communications", "    platform: liferay\n"),
        ("soyte-mau", unknown_page, "Bà Rịa - Vũng Tàu", "health", ""),
    ):
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(name, page, log))
        Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        (directory / f"{name}.yml").write_text(
            f"province: {province}\nportals:\n  - id: {name}\n    name: Cổng mẫu {province}\n    kind:"
            f" {kind}\n"
            f"    url: http://127.0.0.1:{server.server_address[1]}/\n{platform}", encoding="utf-8",
        )  # fmt: skip
    try:
        yield log
    finally:
        for server in servers:
            server.shutdown()


def _handler(name: str, page: object, log: list[str]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.append(f"{name} {self.path}")
            parts = urlsplit(self.path)
            html = page(parts.path, parse_qs(parts.query))  # type: ignore[operator]  # one of the two page functions
            file = FILES[parts.path]() if parts.path in FILES else None
            body = file or (html or "không tìm thấy").encode()
            self.send_response(200 if html or file else 404)
            kind = (
                "application/octet-stream" if file else f"text/{'html' if html else 'plain'}; charset=utf-8"
            )
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    return Handler
