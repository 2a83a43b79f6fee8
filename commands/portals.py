"""`thongbao portals`: the registry as a table, checked, probed, recorded."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from commands.options import LOOK, WELL, CallError, is_quiet, print_columns
from crawler import platforms, registry
from crawler.model import Portal
from crawler.provinces import PROVINCES


def run_portals(options: argparse.Namespace) -> int:
    """`thongbao portals`."""
    quiet = is_quiet(options)
    if options.into and not options.record:
        raise CallError("--into goes with --record")
    if options.check:
        mistakes = registry.check(options.registry)
        for mistake in () if quiet else mistakes:
            print(mistake)
        if not mistakes and not quiet:
            print("every file is sound", file=sys.stderr)
        return LOOK if mistakes else WELL
    if options.probe:
        return _probe(options.probe, options.allow_loopback)
    known = registry.load(options.registry)
    if options.record:
        return _record(known.get(options.record), options)
    found = known.of_province(options.province) if options.province else list(known.portals.values())
    if quiet:
        return WELL
    if options.coverage:
        _print_coverage(found)
    else:
        heads = ["id", "province", "kind", "platform", "rests on", "url", "closed", "successor"]
        print_columns([heads, *map(_portal_row, found)], "<<<<<<<<")
    count = len({p.province for p in found})
    print(f"{len(found)} portals of {count} of 63 provinces", file=sys.stderr)
    return WELL


def _portal_row(p: Portal) -> list[str]:
    basis = platforms.get(p.platform).BASIS if p.platform else "-"
    return [p.id, p.province, p.kind, p.platform or "-", basis, p.url, str(p.closed or ""), p.successor or ""]


def _print_coverage(portals: list[Portal]) -> None:
    """Provinces by kinds of portal: how many there are, a dot where there is none."""
    counts = Counter((p.province, p.kind) for p in portals)
    kinds = [kind for kind in registry.KINDS if any((p.name, kind) in counts for p in PROVINCES)]
    places = [p.name for p in PROVINCES if any((p.name, kind) in counts for kind in kinds)]
    rows = [[name, *(str(counts[name, kind] or ".") for kind in kinds)] for name in places]
    heads = ["province", *(str(n) for n in range(1, len(kinds) + 1))]
    have = [str(sum((name, kind) in counts for name in places)) for kind in kinds]
    print_columns([heads, *rows, ["provinces", *have]], "<" + ">" * len(kinds))
    print(*(f"{n} {kind}" for n, kind in enumerate(kinds, 1)), sep=", ")


def _probe(url: str, allow_loopback: bool) -> int:
    """Look at a portal and print what was seen and the registry entry to paste; LOOK when no post was."""
    from crawler.platforms.probe import probe
    from spiders.look import Look

    with Look(url, allow_loopback, 0.0 if allow_loopback else 1.0) as look:
        seen = probe(url, look.fetch)
    told = f"{seen.platform} ({seen.basis})" + (f", told by {seen.why}" if seen.why else "")
    print(f"platform: {told}")
    for address, posts in seen.lists:
        print(f"list page: {address} ({posts} posts)")
    print(f"paging: {seen.paging or 'none seen'}")
    for post in seen.posts:
        print(f"post: {post.published or 'no date'} | {post.title}\n      {post.first_words} …")
    if seen.entry:
        print("\nentry for the province's file under crawler/portals/, or in a directory for --registry:")
        old = f"    settings: {{DOWNLOADER_CLIENT_TLS_CIPHERS: '{look.ciphers}'}}\n" if look.ciphers else ""
        print(seen.entry + old)
    for problem in dict.fromkeys([*look.problems, *seen.problems]):
        print(f"! {problem}", file=sys.stderr)
    return WELL if seen.posts else LOOK


def _record(portal: Portal, options: argparse.Namespace) -> int:
    """Write a portal's list page and one notice as a page family to review; LOOK where no post was found."""
    from crawler.platforms.record import record
    from spiders.look import Look

    with Look(portal.url, options.allow_loopback, 0.0 if options.allow_loopback else 1.0) as look:
        made = record(portal, look.fetch)
    for problem in dict.fromkeys([*look.problems, *made.problems]):
        print(f"! {problem}", file=sys.stderr)
    if not made.pages:
        return LOOK
    folder = (options.into or Path("recorded")) / made.name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pages.html").write_text(made.pages, encoding="utf-8")
    (folder / "expected.json").write_text(made.expected, encoding="utf-8")
    print(made.expected, end="")
    print(f"compare this with the pages, and correct {folder / 'expected.json'} by hand", file=sys.stderr)
    return WELL
