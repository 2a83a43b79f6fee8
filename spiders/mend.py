"""Where the records of a damaged WARC file end and go on: lengths that lie, bytes that are broken."""

from __future__ import annotations

import mmap
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_GZIP = b"\x1f\x8b\x08"
_PIECE = 1 << 16
#: What stands behind the block of a record, and before the next one.
_BEHIND = 4
_HEADER_END = re.compile(rb"\r?\n\r?\n")
#: Behind a stray one fastwarc ends the header elsewhere, and takes the next record's bytes for this one's.
_STRAY = re.compile(rb"\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record begins, and its length; of a `shared` gzip member, where that begins."""

    start: int
    length: int
    shared: bool = False


class Bytes:
    """The bytes of a file: of gzip members, plain, or of another kind, of which nothing is known."""

    def __init__(self, data: mmap.mmap) -> None:
        self.data, self.size = data, len(data)
        self.is_gzip = data[:3] == _GZIP
        self.is_plain = data[:5] == b"WARC/"

    def place(self, at: int, length: int, before: Place | None) -> Place:
        """The place of a record; within a gzip member fastwarc gives a byte that is no record's."""
        begins = not self.is_gzip or self.data[at : at + len(_GZIP)] == _GZIP
        if begins and not (before and before.start == at):  # of two it is given the member behind them
            return Place(at, length)
        return Place(before.start if before else 0, length, shared=True)

    def is_shared(self, place: Place) -> bool:
        """Whether in the gzip member of a record another one follows it."""
        at, unpacker = place.start, zlib.decompressobj(16 + zlib.MAX_WBITS)
        told = unpacked = 0
        behind = b""
        with suppress(zlib.error):
            while not unpacker.eof and len(behind) <= _BEHIND + 5:
                raw = unpacker.unconsumed_tail or self.data[at : at + _PIECE]
                at += 0 if unpacker.unconsumed_tail else len(raw)
                piece = unpacker.decompress(raw, 1 << 20)
                if not told and (head := _HEADER_END.search(piece)):
                    told = unpacked + head.end() + place.length
                if told:
                    behind += piece[max(0, told - unpacked) :][: _BEHIND + 5]
                unpacked += len(piece)
                if not raw and not piece:
                    break
        return behind.lstrip(b"\r\n").startswith(b"WARC/")

    def end_of(self, place: Place) -> int | None:
        """Where a record ends that is as long as it tells; None for one that is not, or is cut."""
        if self.is_gzip:
            return self._member_end(place)
        head = _HEADER_END.search(self.data, place.start) if self.is_plain else None
        if head is None:
            return None if self.is_plain else self.size
        if _STRAY.search(self.data, place.start, head.end()):
            return None
        end = head.end() + place.length
        behind = self.data[end : end + _BEHIND + 5]
        begins = behind.lstrip(b"\r\n")
        if end > self.size or not b"WARC/".startswith(begins[:5]):
            return None
        return end + len(behind) - len(begins)

    def _member_end(self, place: Place) -> int | None:
        """Where the gzip member of a record ends, if the record fills it or shares it with others."""
        told = unpacked = 0
        at, unpacker = place.start, zlib.decompressobj(16 + zlib.MAX_WBITS)
        piece = b""
        try:
            while not unpacker.eof:
                raw = unpacker.unconsumed_tail or self.data[at : at + _PIECE]
                at += 0 if unpacker.unconsumed_tail else len(raw)
                piece = unpacker.decompress(raw, 1 << 20)
                if not told and (head := _HEADER_END.search(piece)):
                    if _STRAY.search(piece, 0, head.end()) and not place.shared:
                        return None
                    told = unpacked + head.end() + place.length
                unpacked += len(piece)
                if not raw and not piece:
                    return None
        except zlib.error:
            return None
        fills = told <= unpacked <= told + _BEHIND
        return at - len(unpacker.unused_data) if fills or place.shared else None

    def is_end(self, at: int) -> bool:
        """Whether no record can follow."""
        return not self.data[at : at + _PIECE].strip(b"\r\n\0")

    def next_record(self, after: int) -> int:
        """Where the next record begins; the size of the file where none does."""
        if self.is_gzip:
            at = self.data.find(_GZIP, after)
            while at >= 0 and not _begins_record(self.data[at : at + _PIECE]):
                at = self.data.find(_GZIP, at + 1)
            return self.size if at < 0 else at
        at = self.data.find(b"\r\n\r\nWARC/1.", max(0, after - _BEHIND))
        return self.size if at < 0 else at + _BEHIND


def _begins_record(member: bytes) -> bool:
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(member, 5) == b"WARC/"
    except zlib.error:
        return False


@contextmanager
def bytes_of(path: Path) -> Iterator[Bytes]:
    """The bytes of a file, which is not empty."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield Bytes(data)
