"""ZIP, RAR and 7z: their members one after another, with bounds; names are shown and never followed."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from crawler.attachments.parts import MOST, Unreadable
from crawler.model import FileOutcome, FileText, Place

ZIP, RAR, SEVEN = "application/zip", "application/vnd.rar", "application/x-7z-compressed"
#: Members that are read of one archive, their bytes in all, archives within archives, seconds for unar.
MOST_MEMBERS, MOST_BYTES, MOST_DEPTH, PATIENCE = 100, 100 * 1024 * 1024, 2, 20

#: Letters of a member's name that are shown.
_MOST_NAME = 200

ReadMember = Callable[[bytes, int], FileText]


def read_zip(data: bytes, depth: int, read: ReadMember) -> FileText:
    """The texts of a ZIP file's members; `read` reads one of them at a depth. Raises `Unreadable`."""
    _not_too_deep(depth)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unreadable(f"a broken ZIP file: {error}") from None
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if infos and all(info.flag_bits & 1 for info in infos):
        raise Unreadable("encrypted: a password is asked for")
    # What is written there may be a lie: a member is read no further than its size, and its size counts.
    _not_too_large(sum(info.file_size for info in infos))
    return gather(ZIP, _members(archive, infos), depth, read)


def _members(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo]) -> Iterator[tuple[str, bytes | str]]:
    for info in infos:
        name = info.filename
        if not info.flag_bits & 0x800:  # no UTF-8: zipfile took it for cp437
            with_bytes = name.encode("cp437", "replace")
            name = with_bytes.decode("utf-8", "replace")
        try:
            with archive.open(info) as member:
                yield name, member.read(info.file_size + 1)
        except Exception as error:  # zipfile raises what its decompressors raise
            yield name, f"broken: {error}"


def read_with_unar(data: bytes, media_type: str, depth: int, read: ReadMember) -> FileText:
    """The same of RAR and 7z files, which `unar` takes out. Raises `Unreadable`."""
    _not_too_deep(depth)
    if not shutil.which("unar") or not shutil.which("lsar"):
        raise Unreadable("no reader of RAR and 7z files is installed: apt install unar")
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "archive", Path(folder) / "out"
        path.write_bytes(data)
        out.mkdir()
        listed = _run("lsar", "-j", str(path))
        try:
            entries = json.loads(listed or b"{}").get("lsarContents", [])
        except ValueError:
            entries = []
        if not entries:
            raise Unreadable("a broken RAR or 7z file: nothing is in it")
        if any(entry.get("XADIsEncrypted") for entry in entries):
            raise Unreadable("encrypted: a password is asked for")
        _not_too_large(sum(entry.get("XADFileSize") or 0 for entry in entries))
        _run("unar", "-q", "-f", "-D", "-k", "skip", "-o", str(out), str(path))
        none = ("XADIsDirectory", "XADIsLink", "XADIsResourceFork")
        files = (entry for entry in entries if not any(map(entry.get, none)))
        sizes = {str(entry.get("XADFileName")): entry.get("XADFileSize") or 0 for entry in files}
        return gather(media_type, _files(out, sizes), depth, read)


def _files(folder: Path, sizes: Mapping[str, int]) -> Iterator[tuple[str, bytes | str]]:
    """Ordinary files below a folder; links, which may lead anywhere, are none.

    `sizes` is what the archive says of each: a shorter one was cut off with it, others did not come at all.
    """
    left, found = MOST_BYTES, 0
    for root, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for path in (Path(root) / name for name in sorted(names)):
            status, shown = path.lstat(), str(path.relative_to(folder))
            if not stat.S_ISREG(status.st_mode):
                continue
            left, found = left - status.st_size, found + 1
            whole = left >= 0 and status.st_size >= sizes.get(shown, 0)
            yield shown, path.read_bytes() if whole else "broken: " + ("too large" if left < 0 else "cut off")
    if found < len(sizes):
        yield "further members", f"{len(sizes) - found} could not be unpacked"


def gather(
    media_type: str, members: Iterator[tuple[str, bytes | str]], depth: int, read: ReadMember
) -> FileText:
    """One text of all members, places named after them; the reason names each that could not be read."""
    parts: list[tuple[str, FileText]] = []
    size = 0
    for raw_name, content in members:
        name = "".join(c for c in raw_name if c.isprintable())[:_MOST_NAME]
        if len(parts) == MOST_MEMBERS or size > MOST:
            over = f"over {MOST_MEMBERS} members" if size <= MOST else f"over {MOST} characters"
            parts.append(("further members", FileText("", FileOutcome.SKIPPED, over)))
            break
        if isinstance(content, str):
            parts.append((name, FileText("", FileOutcome.FAILED, content)))
        else:
            parts.append((name, read(content, depth + 1)))
        size += len(parts[-1][1].text)
    value, places = "", list[Place]()
    for name, found in parts:
        if found.text:
            start = len(value) + 2 if value else 0
            value += "\n\n" + found.text if value else found.text
            places += [_within(name, place, start) for place in found.places]
    ocr = any(found.ocr for _, found in parts)
    return FileText(media_type, *_outcome(parts, bool(value)), value, tuple(places), ocr)


def _within(name: str, place: Place, start: int) -> Place:
    inner = f"{name}/{place.name}" if place.name else name
    return replace(place, start=place.start + start, end=place.end + start, name=inner)


def _outcome(parts: list[tuple[str, FileText]], has_text: bool) -> tuple[FileOutcome, str]:
    told = "; ".join(f"{name}: {found.reason or found.outcome}" for name, found in parts if found.reason)
    outcomes = {found.outcome for _, found in parts}
    if FileOutcome.NEEDS_OCR in outcomes:
        return FileOutcome.NEEDS_OCR, told
    if has_text:
        return FileOutcome.READ, told
    without = next((o for o in (FileOutcome.FAILED, FileOutcome.SKIPPED) if o in outcomes), FileOutcome.EMPTY)
    return without, told or "no members"


def _not_too_deep(depth: int) -> None:
    if depth >= MOST_DEPTH:
        raise Unreadable("an archive within an archive within an archive", FileOutcome.SKIPPED)


def _not_too_large(size: int) -> None:
    if size > MOST_BYTES:
        raise Unreadable(f"{size} bytes unpacked, over {MOST_BYTES}", FileOutcome.SKIPPED)


def _run(*command: str) -> bytes:
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return done.stdout


def unpacked_size(data: bytes) -> int:
    """How many bytes a ZIP container (DOCX and XLSX are some) says it holds; 0 for a broken one."""
    try:
        return sum(info.file_size for info in zipfile.ZipFile(io.BytesIO(data)).infolist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return 0


def part_names(data: bytes) -> set[str]:
    """The names within a ZIP container; none for a broken one."""
    try:
        return set(zipfile.ZipFile(io.BytesIO(data)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return set()
