"""WARC files compressed as a whole: a copy with a gzip member a record, since only such records have a place.

Without a place a page can neither be shown nor read again, nor can its revisits and files be found.
"""

from __future__ import annotations

import gzip
import shutil
import zlib
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.exceptions import ArchiveLoadFailed

from crawler.whole import whole_or_not
from spiders.mend import Place, bytes_of

#: Bytes at each end of a file by which it is known again.
_ENDS = 1 << 16
#: Of zlib's levels; pages grow little smaller above it.
_LEVEL = 6


def with_places(file: Path, folder: Path) -> Path:
    """The file itself, or the copy of one compressed as a whole; it is made once, in `folder`.

    A file that cannot be copied to its end is read as it is.
    """
    if not _is_whole(file):
        return file
    copy = folder / f"{file.name.partition('.')[0][:60]}-{_name(file)}.warc.gz"
    if copy.exists():
        return copy
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with whole_or_not(copy) as unfinished:
            _write(file, unfinished)
    except (ArchiveLoadFailed, ValueError, EOFError, KeyError, gzip.BadGzipFile, zlib.error):
        return file
    return copy


def _is_whole(file: Path) -> bool:
    """Whether in the first gzip member of a packed file a second record lies."""
    with suppress(OSError, ValueError, StopIteration), bytes_of(file) as data:
        if data.is_gzip:
            records = ArchiveIterator(str(file), record_types=WarcRecordType.any_type, parse_http=False)
            return data.is_shared(Place(0, next(iter(records)).content_length))
    return False


def _name(file: Path) -> str:
    """What tells a file from others of its name: its size, its first bytes and its last."""
    size = file.stat().st_size
    with file.open("rb") as source:
        begins = source.read(_ENDS)
        source.seek(max(0, size - _ENDS))
        return sha256(str(size).encode() + begins + source.read()).hexdigest()[:16]


def _write(file: Path, copy: Path) -> None:
    """Copy the records; where the file is cut or broken, half a member ends the copy, so that it is told."""
    with _Unpacked(file) as source, copy.open("wb") as out:
        for record in WarcioIterator(source, no_record_parse=True):
            begun = out.tell()
            if not record.rec_headers.get_header("Content-Length"):
                if source.is_cut:
                    break
                raise ValueError("a record without a length")
            # warcio's writer leaves out what stands in a revisit.
            with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=_LEVEL) as member:
                member.write(record.rec_headers.to_bytes(encoding="utf-8"))
                shutil.copyfileobj(record.raw_stream, member)
                member.write(b"\r\n\r\n")
            if record.raw_stream.limit:  # bytes that did not come
                out.seek(begun)
                out.truncate()
                break
        if source.is_cut:
            out.write(gzip.compress(b"WARC/1.0")[:-4])


class _Unpacked(gzip.GzipFile):
    """The bytes of a packed file, up to where it is cut or broken."""

    is_cut = False

    def read(self, size: int | None = -1) -> bytes:
        """Some bytes, b"" at the end."""
        try:
            return super().read1(size if size is not None and size > 0 else -1)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            self.is_cut = True
            return b""
