"""A made-up Liferay-like portal for benchmarks: the same bytes on every machine, served from memory.

Speed and size only: its prose says nothing about the quality of extraction.
"""

from __future__ import annotations

import argparse
import asyncio
import random

HEAD = '<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head><body>'
ORDINARY = """
cải cách hành chính cơ quan đơn vị địa phương người dân thực hiện nghiêm túc hướng dẫn của ngành tài chính
kiểm tra giám sát tuyên truyền vận động các xã phường thị trấn trên địa bàn tỉnh bảo đảm chất lượng
công trình giao thông nông thôn mới thu ngân sách đầu tư công kịp thời báo cáo về Sở Nội vụ hằng ngày
"""
TEXT = """
phòng chống dịch bệnh cơ quan đơn vị địa phương người dân thực hiện nghiêm túc hướng dẫn của ngành y tế
kiểm tra giám sát tuyên truyền vận động các xã phường thị trấn trên địa bàn tỉnh bảo đảm an toàn
tập trung xét nghiệm sàng lọc tiêm chủng vắc xin kịp thời báo cáo về Ban Chỉ đạo Covid-19 hằng ngày
"""
WORDS, ORDINARY_WORDS = TEXT.split(), ORDINARY.split()
PER_LIST = 20
#: The share of posts about COVID-19 on a real department's portal (31 of 140 of sotttt.hanoi.gov.vn).
SHARE = 31 / 140


def sentence(rng: random.Random, covid: bool = True) -> str:
    """One made-up sentence of 8 to 24 words."""
    words = rng.choices(WORDS if covid else ORDINARY_WORDS, k=rng.randint(8, 24))
    return " ".join(words).capitalize() + "."


def body(rng: random.Random, covid: bool = True) -> str:
    """Paragraphs of 2 to 8.5 KB that name 2 to 8 documents with their days, and now and then a phone."""
    facts = [cited(rng) for _ in range(rng.randint(2, 8))]
    facts += [hotline(rng) for _ in range(rng.randint(0, 2))]
    parts, size, target = [], 0, rng.randint(1800, 8000)
    while size < target or facts:
        text = " ".join(sentence(rng, covid) for _ in range(rng.randint(2, 5)))
        text += facts.pop() if facts else ""
        parts.append(f"<p>{text}</p>")
        size += len(text.encode())
    return f"<p>Thông báo về {MATTERS[covid]}.</p>" + "".join(parts)


MATTERS = {True: "phòng, chống dịch Covid-19", False: "cải cách hành chính"}


def cited(rng: random.Random) -> str:
    """A sentence that names a document and its day."""
    number, day, month = rng.randint(1, 9999), rng.randint(1, 28), rng.randint(1, 12)
    return f" Thực hiện Công văn số {number}/UBND-VP ngày {day}/{month}/2021."


def hotline(rng: random.Random) -> str:
    """A sentence that gives a number to call."""
    return f" Đường dây nóng: 09{rng.randint(10, 99)}.{rng.randint(100, 999)}.{rng.randint(100, 999)}."


def menu(rng: random.Random) -> str:
    """The 65 to 120 KB of navigation, scripts and side bars round a post."""
    entries = "".join(
        f'<li class="lfr-nav-item"><a class="taglib-icon" title="Mục {i}" href="/c/portal/layout?p_l_id={i}">'
        f"<span>Mục tin tức số {i}</span></a></li>"
        for i in range(rng.randint(330, 560))
    )
    script = (
        "<script>" + "AUI().ready(function(A){Liferay.Portlet.refresh('#p_p_id_101_');});" * 300 + "</script>"
    )
    return f"<div class='nav'><ul>{entries}</ul></div>{script}"


def about_covid(number: int, share: float) -> bool:
    """Whether the post of a number is about COVID-19; they lie evenly among the others."""
    return int((number + 1) * share) > int(number * share)


def pages(posts: int, share: float = 1.0) -> dict[str, bytes]:
    """Every page by its path: list pages of 20 posts, and the posts, a `share` of them about COVID-19."""
    rng = random.Random(20211)
    found: dict[str, bytes] = {}
    for number in range(posts):
        covid = about_covid(number, share)
        title = f"Thông báo về {MATTERS[covid]}, bài {number}"
        found[f"/-/view_content/{100000 + number}-thong-bao-{number}"] = (
            HEAD.format(title=title) + menu(rng) + '<div class="asset-full-content">'
            f'<div class="asset-full-content-title">{title}</div>'
            f'<div class="assetPublishDate">Ngày đăng {1 + number % 28:02}/0{1 + number % 9}/2021 | 05:07 PM'
            "</div>"
            f'<div class="journal-content-article">{body(rng, covid)}</div></div></body></html>'
        ).encode()
    lists = (posts + PER_LIST - 1) // PER_LIST
    for page in range(lists):
        links = "".join(
            f'<h3><a href="/-/view_content/{100000 + n}-thong-bao-{n}">Thông báo về dịch, bài {n}</a></h3>'
            for n in range(page * PER_LIST, min(posts, (page + 1) * PER_LIST))
        )
        pager = f'<a href="/tin?_101_INSTANCE_x_cur={page + 2}">Tiếp</a>' if page + 1 < lists else ""
        path = "/tin" if page == 0 else f"/tin?_101_INSTANCE_x_cur={page + 1}"
        content = f'<div class="portlet-asset-publisher">{links}{pager}</div></body></html>'
        found[path] = (HEAD.format(title="Tin") + content).encode()
    return found


def paths(posts: int) -> list[str]:
    """The path of every page, without making the pages."""
    lists = (posts + PER_LIST - 1) // PER_LIST
    return [
        *(f"/-/view_content/{100000 + n}-thong-bao-{n}" for n in range(posts)),
        "/tin",
        *(f"/tin?_101_INSTANCE_x_cur={page}" for page in range(2, lists + 1)),
    ]


async def serve(posts: int, share: float) -> None:
    """Serve the portal on a free loopback port, printed first; HTTP/1.1 with keep-alive."""
    held = pages(posts, share)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while request := await reader.readuntil(b"\r\n\r\n"):
            found = held.get(request.split(b" ", 2)[1].decode())
            status, content = (b"200 OK", found) if found else (b"404 Not Found", b"")
            writer.write(
                b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: "
                + str(len(content)).encode() + b"\r\n\r\n" + content
            )  # fmt: skip
            await writer.drain()

    async def forgiving(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(forgiving, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--share", type=float, default=1.0)
    options = parser.parse_args()
    asyncio.run(serve(options.posts, options.share))
