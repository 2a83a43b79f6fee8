"""The bytes of scans beside the index, from the crawl that fetched them until they are recognised."""

from __future__ import annotations

from pathlib import Path


def folder_of(database: Path) -> Path:
    """Where the scans of an index wait: a folder named after it."""
    return database.with_name(database.name + ".scans")


def keep(database: Path, sha256: str, body: bytes) -> None:
    """Keep the bytes of a scan under their hash; whole or not at all."""
    path = folder_of(database) / sha256
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        half = path.with_suffix(".part")
        half.write_bytes(body)
        half.replace(path)


def read(database: Path, sha256: str) -> bytes | None:
    """The bytes of a scan, or None where they are gone."""
    path = folder_of(database) / sha256
    return path.read_bytes() if path.exists() else None


def forget(database: Path, sha256: str) -> None:
    """Drop the bytes of a scan that was recognised."""
    (folder_of(database) / sha256).unlink(missing_ok=True)
