"""What files say: one test a format, one a fault. Text that is not there is told, never guessed."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from contextlib import suppress
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

from crawler.attachments import archives, ocr
from crawler.attachments.apart import read_apart
from crawler.attachments.facts import Notice, read_facts
from crawler.attachments.head import head_of
from crawler.attachments.legacy import convert
from crawler.attachments.pdf import MOST_PAGES
from crawler.attachments.read import read_file
from crawler.model import Attachment, Context, FileOutcome, FileText
from crawler.platforms.common import attachments, names_file
from tests import made


def needs(*programs: str) -> pytest.MarkDecorator:
    missing = [p for p in programs if not shutil.which(p)]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: apt install {' '.join(missing)}")


needs_ocr = pytest.mark.skipif(not ocr.is_installed(), reason=f"not installed: {ocr.INSTALL}")
ROWS = [" | ".join(cells) for cells in (made.TABLE_HEAD, *made.ROWS)]
SHEET_ROWS = [line.replace("0252.3888.202", "02523888202") for line in ROWS]


@pytest.mark.parametrize(
    "make",
    [made.pdf, made.word, pytest.param(made.old_word, marks=needs("antiword"))],
    ids=["pdf", "docx", "doc"],
)
def test_prose_is_whole_paragraphs_and_tables_are_rows(make) -> None:
    found = read_file(make())
    assert found.outcome is FileOutcome.READ
    lines = found.text.split("\n")
    assert [line for line in lines if line in ROWS] == ROWS
    assert set(made.PROSE) <= set(lines)


def test_pages_are_places_of_the_text() -> None:
    found = read_file(made.pdf(pages=3))
    assert [place.number for place in found.places] == [1, 2, 3]
    assert all(found.text[p.start : p.end].endswith(made.SIGNED) for p in found.places)


@pytest.mark.parametrize("make", [made.sheet, made.old_sheet], ids=["xlsx", "xls"])
def test_phones_typed_as_numbers_get_their_zero_back_and_money_does_not(make) -> None:
    found = read_file(make())
    assert [line for line in found.text.split("\n") if line in SHEET_ROWS] == SHEET_ROWS
    assert found.places[0].name == "Huyện"
    assert "0912345678" not in found.text


@pytest.mark.parametrize("head", ["SĐT", "SDT", "Dien thoai", "Số liên hệ", "ĐT 2", "Đường dây nóng 24/7"])
def test_zeros_come_back_under_every_head_of_phones_and_below_a_number_that_is_not_known(head: str) -> None:
    rows = [("Đơn vị", head), ("Xã A", 913_200_203), ("Xã B", "chưa có"), ("Xã C", "-"), ("Xã D", 2_523_888_202),
            ("Xã E", "986.200.204"), ("Xã G", 19_009_095), ("Nội dung", "Số tiền"), ("Sinh phẩm", 912_345_678)]  # fmt: skip
    lines = read_file(made.sheet_of(rows)).text.split("\n")
    assert [line.split(" | ")[1] for line in lines[1:]] == [
        "0913200203", "chưa có", "-", "02523888202", "0986.200.204", "19009095", "Số tiền", "912345678"]  # fmt: skip


def test_a_cell_that_spans_rows_names_the_owner_of_each() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for cells in (
        ["Đơn vị", "Số điện thoại"],
        ["UBND huyện Tuy Phong", "0252.3888.202"],
        [None, "0913.200.203"],
    ):
        book.active.append(cells)
    book.active.merge_cells("A2:A3")
    book.save(out := io.BytesIO())
    assert "UBND huyện Tuy Phong | 0913.200.203" in read_file(out.getvalue()).text


@needs("catdoc")
def test_rtf() -> None:
    assert made.PROSE[0] in read_file(made.rtf()).text


@needs("unar")
def test_members_of_archives_are_read_and_named() -> None:
    inner = {"Phụ lục.xlsx": made.sheet()}
    for data in (made.packed({"a.pdf": made.pdf(), "trong.zip": made.packed(inner)}), made.rar(inner)):
        found = read_file(data)
        assert set(SHEET_ROWS) <= set(found.text.split("\n"))
        assert any(place.name.endswith("Phụ lục.xlsx/Huyện") for place in found.places)
        assert all(found.text[p.start : p.end].strip() for p in found.places)


@needs("unar")
def test_an_archive_that_only_stores_a_pdf_is_no_pdf() -> None:
    for data in (made.packed({"a.pdf": made.pdf()}, zipfile.ZIP_STORED), made.rar({"a.pdf": made.pdf()})):
        found = read_file(data)
        assert [(place.name, place.number) for place in found.places] == [("a.pdf", 1)]


def test_junk_before_a_pdf_does_not_hide_it() -> None:
    assert read_file(b"\r\n\r\n" + made.pdf()).outcome is FileOutcome.READ


TCVN3 = "C«ng bè ®­êng d©y nãng phßng, chèng dÞch COVID-19 cña tØnh B×nh ThuËn"
VNI = "Coâng boá ñöôøng daây noùng phoøng, choáng dòch COVID-19 cuûa tænh Bình Thuaän"
UNICODE = "Công bố đường dây nóng phòng, chống dịch COVID-19 của tỉnh Bình Thuận"


@pytest.mark.parametrize("typed", [TCVN3, VNI], ids=["TCVN3", "VNI"])
def test_letters_of_before_unicode_are_converted_and_unicode_beside_them_stays(typed: str) -> None:
    found = read_file(made.word_of(typed, "Đà Nẵng, ngày 15 tháng 6 năm 2021"))
    assert found.text == f"{UNICODE}\nĐà Nẵng, ngày 15 tháng 6 năm 2021"


def test_capitals_of_a_tcvn3_heading_and_other_languages() -> None:
    assert convert("CéNG HßA X· HéI CHñ NGHÜA VIÖT NAM") == "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    german = "Die Gesundheitsämter führen Übersichten über Ärzte und Größe"
    assert convert(german) == german


#: A billion letters in a few entities.
UNFOLDING = (
    '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise("abcdefghi"))
    + ']><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    "<w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
).encode()

SAID = [
    ("no bytes", b"", FileOutcome.EMPTY, "no bytes"),
    ("zeros", bytes(500), FileOutcome.EMPTY, "nothing but blanks"),
    ("a 247-byte PDF", made.pdf()[:247], FileOutcome.FAILED, "a broken PDF file of 247 bytes"),
    ("a page in its place", b"<!doctype html><title>Dang nhap</title>", FileOutcome.FAILED, "an HTML page"),
    ("a locked PDF", made.locked_pdf(), FileOutcome.FAILED, "a password is asked for"),
    ("a locked DOC", made.locked_word(), FileOutcome.FAILED, "a password is asked for"),
    ("a locked DOCX or XLSX", made.locked_office(), FileOutcome.FAILED, "a password is asked for"),
    ("a cut DOC", made.old_word()[:20_000], FileOutcome.FAILED, "cut off"),
    ("letters that unfold", made.word_with(UNFOLDING), FileOutcome.FAILED, "a broken Word file"),
    ("a cut DOCX", made.word()[:9000], FileOutcome.FAILED, "a broken ZIP file"),
    ("a cut XLS", made.old_sheet()[:900], FileOutcome.FAILED, "cut off"),
    ("an empty DOCX", made.word_of(""), FileOutcome.EMPTY, "no text"),
    ("no known kind", b"MZ" + bytes(range(256)), FileOutcome.FAILED, "no known kind of file"),
    ("a scan", made.scanned_pdf(72), FileOutcome.NEEDS_OCR, "1 of 1 pages are scans"),
    ("a picture", b"\xff\xd8\xff\xe0" + bytes(50), FileOutcome.NEEDS_OCR, "a picture"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "outcome", "reason"), [s[1:] for s in SAID], ids=[s[0] for s in SAID])
def test_a_bad_file_has_an_outcome_and_a_reason(data: bytes, outcome: FileOutcome, reason: str) -> None:
    found = read_file(data)
    assert (found.outcome, found.text) == (outcome, "")
    assert reason in found.reason


def test_of_ten_thousand_pages_the_first_are_read_and_the_rest_is_told() -> None:
    found = read_file(made.many_pages(MOST_PAGES + 20))
    assert len(found.places) == MOST_PAGES
    assert f"first {MOST_PAGES} of {MOST_PAGES + 20} pages" in found.reason


def test_letters_without_a_unicode_map_are_told_from_a_language() -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(out := io.BytesIO())
    for line in range(12):  # what such a font's codes give: a cipher
        canvas.drawString(72, 700 - 20 * line, "Xqj zkl ghjk bvcx qwrt zxcv mnbv lkjh gfds")
    canvas.save()
    assert read_file(out.getvalue()).outcome is FileOutcome.NEEDS_OCR


@pytest.mark.parametrize("lines", [made.LEFT, made.LEFT + made.PROSE], ids=["a few words", "a page"])
def test_a_font_whose_map_is_missing_is_told_by_its_letters(lines: tuple[str, ...]) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(TTFont("Text", made.font()))
    canvas = Canvas(out := io.BytesIO(), pageCompression=0)
    canvas.setFont("Text", 12)
    for number, line in enumerate(lines):
        canvas.drawString(50, 800 - 20 * number, line)
    canvas.save()
    assert made.LEFT[1] in read_file(out.getvalue()).text
    found = read_file(out.getvalue().replace(b"/ToUnicode", b"/XoUnicode"))
    assert (found.outcome, found.text) == (FileOutcome.NEEDS_OCR, "")


def test_another_language_is_no_garble() -> None:
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(out := io.BytesIO())
    for line in range(12):
        canvas.drawString(
            72, 700 - 20 * line, "The Department of Health announces the following hotline numbers"
        )
    canvas.save()
    assert read_file(out.getvalue()).outcome is FileOutcome.READ


def test_macros_are_not_run_and_do_not_keep_a_file_from_being_read() -> None:
    out = io.BytesIO(made.word())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("word/vbaProject.bin", b'Attribute VB_Name = "AutoOpen"')
    assert made.PROSE[0] in read_file(out.getvalue()).text


def test_a_bomb_is_skipped_unopened() -> None:
    bomb = made.packed({"word/document.xml": bytes(archives.MOST_BYTES + 1)})
    found = read_file(bomb)
    assert found.outcome is FileOutcome.SKIPPED
    assert "unpacked" in found.reason
    many = read_file(made.packed({f"{n}.txt": b"x" for n in range(150)}))
    assert "further members: over 100 members" in many.reason
    nested = made.packed({"a.zip": made.packed({"b.zip": made.packed({"c.xlsx": made.sheet()})})})
    assert "an archive within an archive within" in read_file(nested).reason


@needs("unar")
def test_rar_files_have_the_same_bounds() -> None:
    one = {"a.xlsx": made.sheet()}
    claimed = read_file(made.rar(one, size=archives.MOST_BYTES + 1))
    assert (claimed.outcome, "unpacked" in claimed.reason) == (FileOutcome.SKIPPED, True)
    many = read_file(made.rar({f"{n:03}.txt": b"x" for n in range(150)}))
    assert "further members: over 100 members" in many.reason
    nested = read_file(made.rar({"a.rar": made.rar({"b.rar": made.rar(one)})}))
    assert (nested.outcome, nested.text) == (FileOutcome.SKIPPED, "")
    assert "an archive within an archive within" in nested.reason


@needs("unar")
def test_locked_and_cut_archives_say_so_and_what_is_whole_is_read() -> None:
    sheet = made.sheet()
    for locked in (made.rar({"a.xlsx": sheet}, flags=4), made.locked_zip({"a.xlsx": sheet})):
        found = read_file(locked)
        assert (found.outcome, found.reason) == (FileOutcome.FAILED, "encrypted: a password is asked for")
    cut = read_file(made.rar({"a.xlsx": sheet})[:-2000])
    assert (cut.outcome, cut.reason) == (FileOutcome.FAILED, "a.xlsx: broken: cut off")
    half = read_file(made.rar({"a.xlsx": sheet, "b.xlsx": sheet})[:-2000])
    assert (half.outcome, half.reason) == (FileOutcome.READ, "b.xlsx: broken: cut off")
    assert read_file(made.packed({"a.xlsx": sheet})[:-30]).outcome is FileOutcome.FAILED
    assert read_file(b"Rar!\x1a\x07\x00" + bytes(100)).outcome is FileOutcome.FAILED


@needs("unar")
def test_a_members_name_is_shown_without_what_moves_a_terminal_and_not_endlessly() -> None:
    name = "phụ lục\x1b[31m\n" + "n" * 180 + ".xlsx"
    for data in (made.packed({name: made.sheet()}), made.rar({name: made.sheet()})):
        (place, *_) = read_file(data).places
        assert place.name.startswith("phụ lục[31mnnn")
    assert len(read_file(made.packed({"n" * 9000: b"MZ"})).reason) < 300


@needs("unar")
def test_names_that_lead_out_of_an_archive_write_nothing_there(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    for pack in (made.packed, made.rar):
        read_file(pack({"../../out.xlsx": made.sheet(), "/tmp/out-of-an-archive.xlsx": made.sheet()}))
    assert list(tmp_path.iterdir()) == []
    assert not list(tmp_path.parent.glob("out.xlsx"))


def test_a_parser_that_does_not_end_is_stopped_and_leaves_nothing(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(
        "crawler.attachments.apart._CHILD",
        "import os, time; open(os.environ['TMPDIR'] + '/half', 'w'); time.sleep(60)",
    )
    found = asyncio.run(read_apart(made.pdf(), patience=3))
    assert (found.outcome, found.reason) == (FileOutcome.FAILED, "took longer than 3 seconds")
    assert list(tmp_path.iterdir()) == []


def test_a_sheet_that_swells_is_told_by_the_memory_it_asks_for() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"], book.active["BZ1048576"] = "đầu", "cuối"
    book.save(out := io.BytesIO())
    found = asyncio.run(read_apart(out.getvalue()))
    assert (found.outcome, found.reason) == (FileOutcome.FAILED, "needed over 1024 MB of memory")


def test_a_parser_that_dies_is_the_files_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.attachments.apart.MEMORY", 1)
    monkeypatch.setattr(
        "crawler.attachments.apart._CHILD",
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28)); bytes(1 << 30)",
    )
    found = asyncio.run(read_apart(made.pdf()))
    assert found.outcome is FileOutcome.FAILED
    assert "memory" in found.reason


def test_read_apart_is_the_same_as_read_here() -> None:
    assert asyncio.run(read_apart(made.sheet())) == read_file(made.sheet())


@pytest.mark.parametrize("tool", ["catdoc", "soffice"])
def test_without_antiword_the_next_tool_reads_prose_and_rows(
    tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shutil.which(tool):
        pytest.skip(
            f"not installed: apt install {'catdoc' if tool == 'catdoc' else 'libreoffice-writer-nogui'}"
        )
    for folder in os.environ["PATH"].split(":"):
        for program in Path(folder).iterdir() if Path(folder).is_dir() else ():
            if program.name not in {"antiword", "catdoc", "soffice"} - {tool}:
                with suppress(FileExistsError):
                    (tmp_path / program.name).symlink_to(program)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = asyncio.run(read_apart(made.old_word()))
    assert (found.outcome, found.reason) == (FileOutcome.READ, "")
    lines = found.text.split("\n")
    assert [line for line in lines if line in ROWS] == ROWS
    assert set(made.PROSE) <= set(lines)


@needs("antiword")
def test_a_reader_that_is_not_installed_is_named() -> None:
    code = "import sys; from crawler.attachments.read import read_file; print(read_file(sys.stdin.buffer.read()).reason)"
    done = subprocess.run(
        [sys.executable, "-c", code], input=made.old_word(), capture_output=True, check=True, env={"PATH": ""}
    )
    assert done.stdout.decode().strip() == "no reader of .doc files is installed: apt install antiword catdoc"


def extracted(data: bytes, *options: str) -> tuple[int, dict, str]:
    """Exit code, JSON and messages of `thongbao extract` with a file on standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "thongbao", "extract", *options], input=data, capture_output=True, check=False
    )
    return done.returncode, json.loads(done.stdout or b"{}"), done.stderr.decode()


@pytest.mark.parametrize(
    "make",
    [made.pdf, made.word, pytest.param(made.old_word, marks=needs("antiword"))],
    ids=["pdf", "docx", "doc"],
)
def test_extract_prints_the_facts_of_a_file_with_its_head(make) -> None:
    code, found, _ = extracted(make())
    assert code == 0
    assert (found["province"], found["title"]) == (
        "Bình Thuận",
        "công bố đường dây nóng phòng, chống dịch COVID-19",
    )
    assert [(d["number"], d["date"], d["role"], d["issuer"]) for d in found["documents"]] == [
        ("1234/UBND-KGVXNV", "2021-06-15", "subject", "UBND:60"),
        ("16/CT-TTg", "2020-03-31", "cited", "TTg"),
    ]
    assert {p["dial"] for p in found["phones"] if p["kind"] == "hotline"} == set(made.DIALS)
    assert {p["dial"]: p["owner"] for p in found["phones"][1:]} == dict(list(made.DIALS.items())[1:])
    assert all(
        found["text"][f["start"] : f["end"]] == f["mention"] for f in found["documents"] + found["phones"]
    )


def test_extract_tells_what_is_wrong_with_a_file() -> None:
    assert extracted(made.pdf()[:300])[::2] == (
        2,
        "thongbao: standard input: a broken PDF file of 300 bytes\n",
    )
    code, found, said = extracted(made.scanned_pdf(72))
    assert (code, found["outcome"], found["text"]) == (1, "needs-ocr", "")
    assert "--ocr reads scans" in said


def test_a_number_still_to_be_filled_in_is_none() -> None:
    head = head_of("UBND TỈNH BÌNH THUẬN\nSố:      /UBND-KGVXNV\nV/v phòng, chống dịch\nKính gửi: Các sở")
    assert head.number is None
    assert head_of("Người dân gọi số 115 khi cần.\nSố: lượng vắc xin").number is None


def test_the_head_of_an_act_with_a_kind_of_its_own() -> None:
    head = head_of(
        "SỞ Y TẾ TỈNH LÂM ĐỒNG | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nSố: 88/KH-SYT | Lâm Đồng, ngày 3 tháng 8 năm 2021\n"
        "KẾ HOẠCH\nTiêm vắc xin phòng COVID-19\nđợt 5 năm 2021\nCăn cứ Nghị quyết số 21/NQ-CP ngày 26/02/2021"
    )
    assert (head.issuer, head.issued) == ("SỞ Y TẾ TỈNH LÂM ĐỒNG", date(2021, 8, 3))
    assert head.subject == "Tiêm vắc xin phòng COVID-19 đợt 5 năm 2021"


@needs_ocr
def test_a_scan_is_recognised_and_its_facts_say_so() -> None:
    content = asyncio.run(read_apart(made.scanned_pdf(200), ocr=True))
    assert (content.outcome, content.ocr) == (FileOutcome.READ, True)
    facts, head = read_facts(content, Notice(Context(province="Bình Thuận")))
    assert {p.dial for p in facts.phones} == set(made.DIALS)
    assert {p.owner for p in facts.phones[1:]} == set(list(made.DIALS.values())[1:])
    assert (head.subject[:20], [d.number for d in facts.documents if d.role == "subject"]) == (
        "công bố đường dây nó", ["1234/UBND-KGVXNV"])  # fmt: skip
    assert all(
        f.rule.endswith("letters recognised (OCR)") for f in (*facts.phones, *facts.documents, *facts.dates)
    )


@needs_ocr
@needs("unar")
def test_scans_within_archives_are_recognised_too() -> None:
    for data in (made.packed({"a.pdf": made.scanned_pdf(150)}), made.rar({"a.pdf": made.scanned_pdf(150)})):
        assert read_file(data).outcome is FileOutcome.NEEDS_OCR
        found = ocr.recognise(data)
        assert (found.outcome, found.ocr, found.places[0].name) == (FileOutcome.READ, True, "a.pdf")
        assert "0913200203" in found.text


@needs_ocr
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_pictures_are_recognised_every_page_of_them(kind: str) -> None:
    pages = [made.scan(200), made.scan(200, seed=8)] if kind == "TIFF" else [made.scan(200)]
    more = {"save_all": True, "append_images": pages[1:]} if kind == "TIFF" else {}
    pages[0].save(out := io.BytesIO(), kind, **more)
    found = asyncio.run(read_apart(out.getvalue(), ocr=True))
    assert (found.outcome, found.ocr, len(found.places)) == (FileOutcome.READ, True, len(pages))
    assert all("0913200203" in found.text[place.start : place.end] for place in found.places)


@needs_ocr
def test_a_poster_does_not_keep_the_page_behind_it_from_being_recognised() -> None:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    canvas, page = Canvas(out := io.BytesIO()), ImageReader(made.scan(150))
    for size in ((14_000, 14_000), (595, 842)):
        canvas.setPageSize(size)
        canvas.drawImage(page, 0, 0, *size)
        canvas.showPage()
    canvas.save()
    found = asyncio.run(read_apart(out.getvalue(), ocr=True))
    assert found.outcome is FileOutcome.READ, found.reason
    assert "0913200203" in found.text[slice(found.places[-1].start, None)]


@needs_ocr
def test_a_page_that_cannot_be_recognised_is_told_and_the_others_are_read(
    tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = (
        f'#!/bin/sh\n[ "$1" = --list-langs ] || [ -e {tmp_path}/once ] || {{ touch {tmp_path}/once; exit 3; }}\n'
        f'exec {shutil.which("tesseract")} "$@"\n'
    )
    (tmp_path / "tesseract").write_text(broken)
    (tmp_path / "tesseract").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    made.scan(150).save(
        out := io.BytesIO(), "PDF", resolution=150, save_all=True, append_images=[made.scan(150)]
    )
    found = asyncio.run(read_apart(out.getvalue(), ocr=True))
    assert (found.outcome, found.ocr, [place.number for place in found.places]) == (
        FileOutcome.READ,
        True,
        [2],
    )
    assert found.reason == "page 1: tesseract failed: "


def test_without_tesseract_a_scan_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    ocr.is_installed.cache_clear()
    found = ocr.recognise(made.scanned_pdf(72))
    ocr.is_installed.cache_clear()
    assert (found.outcome, found.reason) == (
        FileOutcome.NEEDS_OCR,
        f"tesseract is not installed: {ocr.INSTALL}",
    )


@pytest.mark.parametrize(
    ("markup", "url", "name"),
    [
        ("<a href=/tep/12.pdf>Văn bản 12</a>", "http://p.example/tep/12.pdf", "Văn bản 12"),
        (
            "<a href='/tai-ve.ashx?id=7'>CV 1234-UBND.pdf (1,2 MB)</a>",
            "http://p.example/tai-ve.ashx?id=7",
            "CV 1234-UBND.pdf (1,2 MB)",
        ),
        (
            "<iframe src='/pdfjs/web/viewer.html?file=%2Ftep%2Fcv%2012.pdf#page=2'></iframe>",
            "http://p.example/tep/cv 12.pdf",
            "cv 12.pdf",
        ),
        ("<a href='/tep/trang-1.jpg'>Trang 1</a>", "http://p.example/tep/trang-1.jpg", "Trang 1"),
        (
            "<a href='/tep/trang-1.PNG#top'><img src=/tep/nho.png></a>",
            "http://p.example/tep/trang-1.PNG",
            "trang-1.PNG",
        ),
        (
            "<a href='/documents/10182/0/cv/9a3c6d5e-1111-2222-3333-444455556666'>Công văn</a>",
            "http://p.example/documents/10182/0/cv/9a3c6d5e-1111-2222-3333-444455556666",
            "Công văn",
        ),
        *(
            (f"<a href='{script}'>Tải về</a>", f"http://p.example{script}", "Tải về")
            for script in (
                "/c/document_library/get_file?uuid=9a3c&groupId=10182",
                "/Handlers/DownloadFile.ashx?id=7",
                "/LinkClick.aspx?fileticket=x12&tabid=1",
                "/index.php?option=com_docman&task=doc_download&gid=12",
                "/download.php?file=cv12.pdf",
                "/tai-ve?id=12",
                "/getattachment/9a3c6d5e-1111-2222-3333-444455556666/Cong-van.aspx",
                "/tep/cv12.pdf.aspx",
            )
        ),
        (
            "<a href='/xem?id=3' download='CV 12.pdf'></a>",
            "http://p.example/xem?id=3",
            "CV 12.pdf",
        ),
        (
            "<iframe src='/tin/pdfjs/web/viewer.html?file=../../../tep/x.pdf'></iframe>",
            "http://p.example/tep/x.pdf",
            "x.pdf",
        ),
        (
            "<a href='/pdfjs/web/viewer.html?file=%2Ftai-ve.ashx%3Fid%3D7'>Xem</a>",
            "http://p.example/tai-ve.ashx?id=7",
            "Xem",
        ),
        *(
            (
                f"<iframe src='{viewer}http%3A%2F%2Fp.example%2Ftep%2Fx.docx&embedded=true'></iframe>",
                "http://p.example/tep/x.docx",
                "x.docx",
            )
            for viewer in (
                "https://docs.google.com/gview?url=",
                "https://view.officeapps.live.com/op/embed.aspx?src=",
            )
        ),
        ("<embed src=/tep/a.pdf>", "http://p.example/tep/a.pdf", "a.pdf"),
        ("<object data=/tep/b.pdf></object>", "http://p.example/tep/b.pdf", "b.pdf"),
    ],
)
def test_files_are_found_behind_links_scripts_and_viewers(markup: str, url: str, name: str) -> None:
    other = "<a href=/tin/12.html>Tin khác</a><img src=/tep/anh.jpg><iframe src='https://video.example/?url=x'></iframe>"
    body = LexborHTMLParser(f"<body><p>{markup}</p>{other}</body>").body
    assert list(attachments(body, "http://p.example/tin/a.html").values()) == [Attachment(url, name)]


def test_a_hostile_address_costs_no_time() -> None:
    started = time.perf_counter()
    for address in (
        "/" + "download" * 20_000,
        "/download?" * 20_000,
        "/down" * 30_000,
        "/tai-ve" * 30_000 + "?",
    ):
        assert not names_file(address)
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("text", "issuer", "issued", "subject"),
    [
        (
            "BỘ Y TẾ\n-------\nSố: 5188/QĐ-BYT\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n---------------\n"
            "Hà Nội, ngày 14 tháng 12 năm 2020\nQUYẾT ĐỊNH\nVề việc ban hành hướng dẫn phòng và kiểm soát lây nhiễm\nSARS-CoV-2"
            " trong cơ sở khám bệnh\nBỘ TRƯỞNG BỘ Y TẾ\nCăn cứ Luật Phòng, chống bệnh truyền nhiễm;",
            "BỘ Y TẾ", date(2020, 12, 14),
            "ban hành hướng dẫn phòng và kiểm soát lây nhiễm SARS-CoV-2 trong cơ sở khám bệnh",
        ),
        (
            "ỦY BAN NHÂN DÂN | CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nTỈNH BÌNH THUẬN | Độc lập – Tự do – Hạnh phúc\n"
            "Số: 2244/UBND-KGVXNV | Bình Thuận, ngày 29 tháng 8 năm 2021\nV/v siết chặt chốt kiểm soát\ndịch COVID-19\n"
            "Kính gửi: Các sở",
            "ỦY BAN NHÂN DÂN TỈNH BÌNH THUẬN", date(2021, 8, 29), "siết chặt chốt kiểm soát dịch COVID-19",
        ),
        (
            "UBND TỈNH BÌNH THUẬN\nSỞ Y TẾ\nSố: 91/KH-SYT\nBình Thuận, ngày 02 tháng 8 năm 2021\nKẾ HOẠCH\n"
            "TRIỂN KHAI TIÊM VẮC XIN\nPHÒNG COVID-19\nĐợt 5 năm 2021\n\nThực hiện Kế hoạch của UBND tỉnh",
            "UBND TỈNH BÌNH THUẬN SỞ Y TẾ", date(2021, 8, 2), "TRIỂN KHAI TIÊM VẮC XIN PHÒNG COVID-19 Đợt 5 năm 2021",
        ),
    ],
    ids=["decision", "two halves", "plan in capitals"],
)  # fmt: skip
def test_heads_as_offices_print_them(text: str, issuer: str, issued: date, subject: str) -> None:
    head = head_of(text)
    assert (head.issuer, head.issued, head.subject) == (issuer, issued, subject)
    assert head.number
    assert text[slice(*head.number)].startswith("Số:")


def test_a_table_keeps_its_head_over_pages_and_loses_it_with_the_next_prose() -> None:
    text = (
        "TT | Đơn vị | Họ tên | Số điện thoại\n1 | Xã Mẫu Một | Trần Mẫu | 0252.3888.301\n\n2\n"
        "2 | Xã Mẫu Hai | Lê Mẫu | 0252.3888.302\nNgười dân cũng có thể gọi các bộ phận sau\n3 | khác | Võ Mẫu | 0252.3888.303"
    )
    facts, _ = read_facts(FileText("", FileOutcome.READ, "", text), Notice(Context(province="Bình Thuận")))
    assert [(p.dial, p.owner) for p in facts.phones] == [
        ("02523888301", "Xã Mẫu Một"), ("02523888302", "Xã Mẫu Hai"), ("02523888303", None)]  # fmt: skip


def test_in_a_table_of_a_notice_on_hotlines_numbers_are_hotlines_and_a_letterheads_is_not() -> None:
    text = "SỞ Y TẾ\nĐịa chỉ: 59 Lê Mẫu. ĐT: 0252.3821.100\nĐịa phương | Số máy\nXã Mẫu Một | 0252.3888.301"
    content = FileText("", FileOutcome.READ, "", text)
    notice = Notice(Context(province="Bình Thuận"), "Công bố đường dây nóng phòng, chống dịch COVID-19")
    facts, _ = read_facts(content, notice)
    assert [(p.dial, p.kind) for p in facts.phones] == [
        ("02523821100", "contact"),
        ("02523888301", "hotline"),
    ]
    plain, _ = read_facts(content, Notice(Context(province="Bình Thuận"), "Thông báo lịch tiêm"))
    assert {p.kind for p in plain.phones} == {"contact"}
    listed = FileText(
        "", FileOutcome.READ, "", text.replace("Địa phương", "Danh sách số điện thoại các xã\nĐịa phương")
    )
    facts, _ = read_facts(listed, Notice(Context(province="Bình Thuận"), "Thông báo lịch tiêm"))
    assert [p.kind for p in facts.phones] == ["contact", "hotline"]


def test_the_pages_own_document_stays_the_subject() -> None:
    content = read_file(made.word())
    other, _ = read_facts(content, Notice(Context(province="Bình Thuận"), "", {"99/TB-UBND"}))
    assert {d.role for d in other.documents} == {"cited"}
    same, _ = read_facts(content, Notice(Context(province="Bình Thuận"), "", {"1234/UBND-KGVXNV"}))
    assert [d.number for d in same.documents if d.role == "subject"] == ["1234/UBND-KGVXNV"]
