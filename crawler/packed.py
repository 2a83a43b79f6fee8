"""Packed bodies: Scrapy unpacks what is there of one that was cut off; half a page is none."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable

from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.utils._compression import brotli, zstd  # type: ignore[attr-defined]  # of any Python's

_PIECE = 1 << 20


class CutOff(ValueError):
    """A packed body without its end."""


class WholeCompression(HttpCompressionMiddleware):
    """Scrapy's middleware, which takes no part of a body for the whole."""

    @staticmethod
    def _decode(body: bytes, encoding: bytes, max_size: int) -> bytes:
        unpacked = HttpCompressionMiddleware._decode(body, encoding, max_size)
        if body and not _WHOLE[encoding](body, unpacked):
            raise CutOff("cut off before its end")
        return unpacked


def _is_whole_gzip(body: bytes, unpacked: bytes) -> bool:
    told = int.from_bytes(body[-4:], "little")
    return told == len(unpacked) & 0xFFFFFFFF or _ends(body, 16 + zlib.MAX_WBITS)


def _is_whole_deflate(body: bytes, unpacked: bytes) -> bool:
    named = body[0] & 15 == zlib.DEFLATED and int.from_bytes(body[:2], "big") % 31 == 0
    return _ends(body, zlib.MAX_WBITS if named else -zlib.MAX_WBITS)  # servers of Microsoft send it raw


def _ends(body: bytes, kind: int) -> bool:
    """Whether a stream of zlib's has its end; its checksum may be wrong or missing, as browsers have it."""
    rest = body
    try:
        while rest:
            unpacker, rest = zlib.decompressobj(kind), b""
            piece = unpacker.decompress(body, _PIECE)
            while piece and not unpacker.eof:
                piece = unpacker.decompress(unpacker.unconsumed_tail, _PIECE)
            if unpacker.eof and unpacker.unused_data[:2] == b"\x1f\x8b":
                body = rest = unpacker.unused_data
        if not unpacker.eof and kind > 0:
            unpacker.decompress(bytes(8))  # in the place of a checksum
    except zlib.error as error:
        return re.search("incorrect (data|length) check", str(error)) is not None
    return unpacker.eof


def _is_whole_brotli(body: bytes, unpacked: bytes) -> bool:
    unpacker = brotli.Decompressor()
    piece = unpacker.process(body, output_buffer_limit=_PIECE)
    while piece and not unpacker.is_finished():
        piece = unpacker.process(b"", output_buffer_limit=_PIECE)
    return bool(unpacker.is_finished())


def _is_whole_zstd(body: bytes, unpacked: bytes) -> bool:
    while body:
        unpacker = zstd.ZstdDecompressor()
        unpacker.decompress(body, _PIECE)
        while not unpacker.eof and not unpacker.needs_input:
            unpacker.decompress(b"", _PIECE)
        if not unpacker.eof:
            return False
        body = unpacker.unused_data
    return True


_WHOLE: dict[bytes, Callable[[bytes, bytes], bool]] = {
    b"gzip": _is_whole_gzip,
    b"x-gzip": _is_whole_gzip,
    b"deflate": _is_whole_deflate,
    b"br": _is_whole_brotli,
    b"zstd": _is_whole_zstd,
}
