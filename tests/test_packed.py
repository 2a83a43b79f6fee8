"""Packed bodies: whole, cut off anywhere, with what real servers leave out."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scrapy.utils._compression import zstd

from crawler.packed import CutOff, WholeCompression

PAGE = "".join(f"<p>{n} {n * 7919}</p>" for n in range(3000)).encode()


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "raw deflate": raw_deflate,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


def unpack(body: bytes, name: str) -> bytes:
    return WholeCompression._decode(body, name.removeprefix("raw ").encode(), 1 << 25)


@pytest.mark.parametrize("name", PACKERS)
@settings(deadline=None, max_examples=30)
@given(st.binary(max_size=300))
def test_what_is_whole_is_unpacked(name: str, body: bytes) -> None:
    assert unpack(PACKERS[name](body), name) == body
    assert unpack(PACKERS[name](PAGE + body), name) == PAGE + body


@pytest.mark.parametrize("name", PACKERS)
@settings(deadline=None, max_examples=30)
@given(st.data())
def test_what_is_cut_off_is_told(name: str, data: st.DataObject) -> None:
    packed = PACKERS[name](PAGE)
    end = data.draw(st.integers(1, len(packed) - 12))
    with pytest.raises((CutOff, EOFError, OSError)):
        unpack(packed[:end], name)


@pytest.mark.parametrize("missing", range(1, 9))
def test_a_checksum_may_be_missing_or_wrong(missing: int) -> None:
    assert unpack(gzip.compress(PAGE)[:-missing], "gzip") == PAGE
    assert unpack(gzip.compress(PAGE)[:-8] + b"\1" * 8, "gzip") == PAGE
    assert unpack(zlib.compress(PAGE)[: -min(missing, 4)], "deflate") == PAGE


def test_several_members_and_what_stands_behind() -> None:
    two = gzip.compress(PAGE) + gzip.compress(b"end")
    assert unpack(two, "gzip") == PAGE + b"end"
    assert unpack(two + b"junk", "gzip") == PAGE + b"end"
    with pytest.raises(CutOff):
        unpack(gzip.compress(PAGE) + gzip.compress(PAGE)[:-500], "gzip")
    assert unpack(zstd.compress(PAGE) + zstd.compress(b"end"), "zstd") == PAGE + b"end"
    assert unpack(b"", "gzip") == b""  # of a redirect
