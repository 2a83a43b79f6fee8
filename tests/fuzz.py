"""Fuzzing with atheris: mutated sample pages of 10 kB and more, texts and WARC files (`make fuzz FUZZ_SECONDS=600`).

No input may raise, take longer than SLOW seconds, or give a fact without its evidence. Inputs that did are kept in
build/fuzz/TARGET/found, one for each place in the code.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import re
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["crawler", "spiders"]):
    from crawler import platforms
    from crawler.captures import CaptureError, payload_of
    from crawler.extract.facts import extract
    from crawler.model import Context, Facts, Page, Portal, Text
    from crawler.reader import read_page
    from spiders.warc import Reading, pages

    for name in platforms.names():  # its module, which is imported when it is first asked for
        platforms.get(name)

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.portal import body as prose
from db.originals import Originals
from tests.portals.families import families

ROOT = Path(__file__).parents[1]
OUT = ROOT / "build" / "fuzz"
NOON = datetime(2021, 7, 20, 5, tzinfo=UTC)
#: Bytes of a sample at least, of a mutant at most; seconds above which an input is a finding.
LEAST, MOST, SLOW = 10_000, 120_000, 5.0
TOKEN = re.compile(rb"<[^<>]{0,400}>|\d[\d/.:-]*|[^<>\s]+|\s+")
WORDS = [
    *["số 16/CT-TTg", "ngày 31/3/2020", "72/2020", "&#x110000;", "<![CDATA[", "]]>", "http://[", "//[", "?page=", "0888.800.248", "+84", "1900 9095", "\x00", "\ufeff", "́", "Đ", "<table><tr><td>", "</td>", "<script>", "javascript:__doPostBack('a','Page$2')", "Content-Length: 99999999", "WARC/1.1\r\n", "\r\n\r\n", "Transfer-Encoding: chunked\r\n", "ffffffff\r\n", "đến", "từ ngày", "điện thoại", "thay thế", "Covid-19"],
]  # fmt: skip


# -- samples -----------------------------------------------------------------------------------------


@cache
def web() -> list[tuple[str, str, str, bytes]]:
    """Platform, address, media type and body of every page of the sample sites, each of 10 kB and more."""
    filler = "".join(prose(random.Random(n)) for n in range(4))
    found = []
    for family in families("{{content}}<div class=tin-khac>" + filler + "</div>"):
        for answer in family.answers:
            body = answer.content.replace("{{host}}", "http://p.example").replace("{{views}}", "7").encode()
            address = f"http://p.example{answer.target}"
            found.append((family.platform, address, answer.content_type, body.ljust(LEAST)))
    return found


def web_samples() -> list[bytes]:
    """Two bytes choose a sample's platform and address, the rest is the body."""
    return [bytes([number % 256, number // 256]) + body for number, (*_, body) in enumerate(web())]


def text_samples() -> list[bytes]:
    """The composed notices, some together, as texts of 10 kB and more."""
    lines = (ROOT / "tests" / "gold" / "composed.jsonl").read_text(encoding="utf-8").splitlines()
    whole = "\n\n".join(str(json.loads(line)["text"]) for line in lines).encode()
    return [whole[start : start + LEAST + 2000] for start in range(0, len(whole), LEAST)]


def warc_samples() -> list[bytes]:
    """Files of responses (plain, packed, chunked), a revisit and a resource; the first byte chooses gzip or none."""
    found = []
    for number, (_, address, media_type, body) in enumerate(web()[::6]):
        out = io.BytesIO()
        writer = WARCWriter(out, gzip=False, warc_version="WARC/1.1")
        zipped = gzip.compress(body)
        chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(zipped), zipped)
        packed = [("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked")]
        for headers, payload in (([], body), (packed, chunked)):
            http = StatusAndHeaders("200 OK", [("Content-Type", media_type), *headers], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(address, "response", payload=io.BytesIO(payload), http_headers=http)
            )
        writer.write_record(
            writer.create_revisit_record(address, "sha1:" + "A" * 32, address, "2021-08-01T03:00:00Z", http)
        )
        writer.write_record(
            writer.create_warc_record(
                address, "resource", payload=io.BytesIO(body), warc_content_type="text/html"
            )
        )
        found.append(bytes([number % 2]) + out.getvalue())
    return found


# -- targets: what must hold for any input -------------------------------------------------------------


def has_evidence(facts: Facts, text: Text) -> None:
    """Every fact stands where it says."""
    for fact in (*facts.documents, *facts.dates, *facts.phones):
        assert text.value[fact.start : fact.end] == fact.mention, fact
    for value in (*facts.emails, *facts.links):
        assert 0 <= value.start < value.end <= len(text.value), value


def read_web(data: bytes) -> None:
    """A page of its platform, or of another one that takes it for its own."""
    names = platforms.names()
    platform, address, media_type, _ = (
        web()[(data[0] + 256 * data[1]) % len(web())] if len(data) > 1 else web()[0]
    )
    if len(data) % 5 == 0:
        platform = names[len(data) // 5 % len(names)]
    page = Page(address, 200, data[2:], NOON, media_type)
    read = read_page(page, Portal("p", "P", "Hà Nội", "health", "http://p.example/", platform), True)
    assert all(link.view.url.startswith("http") for link in read.listing.posts)
    if read.facts and read.text:
        has_evidence(read.facts, read.text)


def read_text(data: bytes) -> None:
    """A text, whatever is in it."""
    text = Text(data.decode("utf-8", "replace"))
    has_evidence(
        extract(
            text, Context("http://p.example/", "Bình Thuận", "health", date(2021, 7, 20), date(2021, 8, 1))
        ),
        text,
    )


@cache
def scratch() -> Path:
    """Where WARC files are read from: memory, where there is such a place."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="thongbao-fuzz-", dir=memory if memory.is_dir() else None))


def read_warc(data: bytes) -> None:
    """A WARC file: its pages, and each of them again where its capture says that it lies."""
    path = scratch() / "x.warc"
    path.write_bytes(gzip.compress(data[1:], 1) if data[:1] == b"\1" else data[1:])
    for found in pages([path], Reading(), Originals()):
        if found.capture.warc and found.body is not None and not found.capture.refers_to:
            try:
                again = payload_of(found.capture, scratch())[1]
            except CaptureError:
                continue
            assert again == found.body


TARGETS: dict[str, tuple[Callable[[bytes], None], Callable[[], list[bytes]]]] = {
    "platforms": (read_web, web_samples),
    "extraction": (read_text, text_samples),
    "warc": (read_warc, warc_samples),
}


# -- the run -------------------------------------------------------------------------------------------


class Fuzzed:
    """One target under fuzzing: it goes on after a finding, and tells each place in the code once."""

    def __init__(self, name: str) -> None:
        self.run, samples = TARGETS[name]
        self.samples, self.folder = samples(), OUT / name / "found"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.known: set[str] = set()

    def one(self, data: bytes) -> None:
        """One input."""
        began = time.process_time()
        try:
            self.run(data)
        except Exception as error:
            frames = [f for f in traceback.extract_tb(error.__traceback__) if str(ROOT) in f.filename]
            last = frames[-1]
            self.tell(
                f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {error}"[:300], data
            )
        if (seconds := time.process_time() - began) > SLOW:
            self.tell(f"slow: {seconds:.0f} s for {len(data)} bytes", data)

    def tell(self, what: str, data: bytes) -> None:
        """A finding, if it is a new one."""
        place = what.partition(": ")[0]
        if place not in self.known:
            self.known.add(place)
            file = self.folder / sha256(data).hexdigest()[:16]
            file.write_bytes(data)
            print(f"FINDING {what} ({file})", file=sys.stderr, flush=True)

    def mutate(self, data: bytes, most: int, seed: int) -> bytes:
        """Tokens doubled, dropped, swapped, repeated and spliced in; now and then what libFuzzer does to bytes."""
        rng = random.Random(seed)
        head, tokens = data[:2], TOKEN.findall(data[2:])
        for _ in range(rng.randint(1, 8)):
            at, length = rng.randrange(len(tokens) + 1), rng.choice([1, 1, 2, 5, 30, 200])
            piece = tokens[at : at + length]
            match rng.randrange(7):
                case 0:
                    del tokens[at : at + length]
                case 1:
                    tokens[at:at] = piece * rng.choice([1, 2, 50])
                case 2:
                    tokens[at:at] = [rng.choice(WORDS).encode()]
                case 3:
                    other = TOKEN.findall(rng.choice(self.samples)[2:])
                    start = rng.randrange(len(other) + 1)
                    tokens[at:at] = other[start : start + length]
                case 4:
                    tokens[at : at + length] = reversed(piece)
                case 5:
                    tokens[at : at + 1] = [atheris.Mutate(t, len(t) + 8) for t in piece[:1]]
                case 6:
                    tokens[at : at + length] = [t.swapcase() for t in piece]
        return (head + b"".join(tokens))[: min(most, MOST)]


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    target, corpus = Fuzzed(name), OUT / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for sample in target.samples:
        (corpus / sha256(sample).hexdigest()[:16]).write_bytes(sample)
    print(f"SEEDS {len(target.samples)}", file=sys.stderr)
    options = [f"-max_total_time={seconds}", f"-max_len={MOST}", "-timeout=60", "-rss_limit_mb=2500", "-print_final_stats=1",
               f"-artifact_prefix={OUT / name}/", "-len_control=0"]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], target.one, custom_mutator=target.mutate)
    atheris.Fuzz()


def main() -> int:
    """Fuzz each target in a process of its own, and print what came of it; 1 when there was a finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="of each target")
    parser.add_argument("targets", nargs="*", choices=[[], *TARGETS], help="all by default")
    parser.add_argument("--within", choices=TARGETS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.within:
        fuzz(options.within, options.seconds)
    findings = 0
    for name in options.targets or TARGETS:
        call = [sys.executable, "-m", "tests.fuzz", "--within", name, "--seconds", str(options.seconds)]
        done = subprocess.run(
            call, cwd=ROOT, stderr=subprocess.PIPE, text=True, errors="replace", check=False
        )
        (OUT / name / "log").write_text(done.stderr, encoding="utf-8")
        found = re.findall(r"^FINDING (.*)", done.stderr, re.M)
        found += re.findall(r"(libFuzzer: (?:timeout|out-of-memory|deadly signal).*)", done.stderr)
        executed = re.search(r"number_of_executed_units: (\d+)", done.stderr)
        seeds = re.search(r"^SEEDS (\d+)", done.stderr, re.M)
        if not executed or not seeds:
            found.append(f"ended with {done.returncode}: see {OUT / name / 'log'}")
        print(f"{name}: {executed[1] if executed else '?'} executions from {seeds[1] if seeds else '?'} seeds in {options.seconds} s,"
              f" {len(found)} findings", flush=True)  # fmt: skip
        print(*(f"  {finding}" for finding in found), sep="\n", end="\n" if found else "")
        findings += len(found)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
