"""WARC files compressed as a whole: a copy with a gzip member a record, since only such records have a place.

Without a place a page can neither be shown nor read again, nor can its revisits and files be found.
"""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.archiveiterator import ArchiveIterator as WarcioIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.warcwriter import WARCWriter

from spiders.mend import Place, bytes_of

#: Bytes at each end of a file by which it is known again.
_ENDS = 1 << 16


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
    unfinished = copy.with_name(copy.name + ".open")
    try:
        _write(file, unfinished)
    except (ArchiveLoadFailed, ValueError, EOFError, KeyError, gzip.BadGzipFile, zlib.error):
        unfinished.unlink(missing_ok=True)
        return file
    return unfinished.rename(copy)


def _is_whole(file: Path) -> bool:
    """Whether the second record of a packed file lies in the gzip member of the first."""
    place: Place | None = None
    with suppress(OSError, ValueError), bytes_of(file) as data:
        records = ArchiveIterator(str(file), record_types=WarcRecordType.any_type, parse_http=False)
        for number, record in enumerate(records):
            place = data.place(record.stream_pos, record.content_length, place)
            if number == 1:
                return place.shared
    return False


def _name(file: Path) -> str:
    """What tells a file from others of its name: its size, its first bytes and its last."""
    size = file.stat().st_size
    with file.open("rb") as source:
        begins = source.read(_ENDS)
        source.seek(max(0, size - _ENDS))
        return sha256(str(size).encode() + begins + source.read()).hexdigest()[:16]


def _write(file: Path, copy: Path) -> None:
    with gzip.open(file) as source, copy.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for record in WarcioIterator(source, verify_http=False):
            writer.write_record(record)
