"""Scans beside the index: their bytes until they are recognised, then their text until the index takes it."""

from __future__ import annotations

from pathlib import Path

from crawler.attachments.apart import from_json, to_json
from crawler.model import FileText
from crawler.whole import whole_or_not

_TEXT = ".json"


def folder_of(database: Path) -> Path:
    """Where the scans of an index wait: a folder named after it."""
    return database.with_name(database.name + ".scans")


def keep(database: Path, sha256: str, body: bytes) -> None:
    """Keep the bytes of a scan under their hash; whole or not at all."""
    path = folder_of(database) / sha256
    if not path.exists():
        _write(path, body)


def read(database: Path, sha256: str) -> bytes | None:
    """The bytes of a scan, or None where they are gone."""
    path = folder_of(database) / sha256
    return path.read_bytes() if path.exists() else None


def keep_text(database: Path, sha256: str, content: FileText) -> None:
    """Keep what a scan says until the index can be written."""
    _write(folder_of(database) / f"{sha256}{_TEXT}", to_json(content).encode())


def with_text(database: Path) -> list[str]:
    """The hashes of the scans whose text is kept so."""
    return sorted(path.stem for path in folder_of(database).glob(f"*{_TEXT}"))


def text(database: Path, sha256: str) -> FileText:
    """What is kept of one."""
    return from_json((folder_of(database) / f"{sha256}{_TEXT}").read_bytes())


def forget(database: Path, sha256: str) -> None:
    """Drop the bytes and the text of a scan that the index has taken."""
    for name in (sha256, f"{sha256}{_TEXT}"):
        (folder_of(database) / name).unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with whole_or_not(path) as unfinished:
        unfinished.write_bytes(data)
