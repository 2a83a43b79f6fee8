"""How one reading of a portal ended, and what is wrong with it beside the portal's earlier readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import comb
from typing import Any

from crawler.model import Outcome, PageKind, PageRead

#: Earlier readings of a portal that a new one is compared with: what is wrong for as long counts as usual.
REMEMBERED = 50
#: Readings, and posts that their start pages name, below which a number says nothing about the next one.
FEW_READINGS, FEW_POSTS = 3, 6
#: Posts newly read on which a share is judged, and the chance below which it is no accident.
NEW_POSTS, ACCIDENT = 5, 0.001
#: Posts read before that a share needs, and the share that makes a field one of the portal's.
OLD_POSTS, USUAL = 10, 0.8


class Finding(StrEnum):
    """What somebody should look at."""

    UNREACHABLE = "unreachable"  # a start page gave no answer
    FAILING = "failing"  # a start page, or many pages, answered with an error or a maintenance page
    BLOCKED = "blocked"  # a start page, or many pages, refused by a wall, a login, robots.txt
    GONE = "gone"  # a start page is not there any more
    MOVED = "moved"  # a start page leads to another host
    NO_POSTS = "no posts"
    FEWER_POSTS = "fewer posts"
    UNREADABLE = "unreadable"  # posts, or one of their fields, are not found in their pages
    FILES = "files"  # many attached files failed or were blocked
    COSTLY = "costly"  # it spent its budget of seconds or bytes
    ERROR = "error"  # a mistake in this program, or an index that cannot be written


#: Findings of a portal that answers as ever: it is asked as often as before, its lists count as read.
ANSWERING = frozenset([Finding.FEWER_POSTS, Finding.FILES])


@dataclass(frozen=True, slots=True)
class Look:
    """Why somebody should look at a portal: what it is, and a sentence that says it."""

    finding: Finding
    reason: str


@dataclass(slots=True)
class Seen:
    """What one reading saw of a portal's posts.

    `first` counts the posts that its start pages name (None: no start page was read); of the posts `read`,
    `titled`, `dated` and `texted` had a title, a posting date, a text. `finding` is '' where all was well.
    """

    first: int | None = None
    read: int = 0
    titled: int = 0
    dated: int = 0
    texted: int = 0
    finding: str = ""
    posts: int | None = None  # that its list pages name, all of which were read

    def count(self, read: PageRead) -> None:
        """One page more; a post in whose place a page without one stands has none of the three."""
        post = read.post
        if not post and not (read.kind is PageKind.POST and read.problem is Outcome.EMPTY):
            return
        self.read += 1
        if post:
            self.titled += bool(post.title.strip())
            self.dated += bool(post.published)
            self.texted += bool(post.body.strip())


@dataclass(slots=True)
class PortalRun:
    """How the reading of one portal ended; `finding` and `reason` are '' where nobody needs to look."""

    portal: str
    pages: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    posts: int = 0
    reason: str = ""
    interrupted: bool = False
    notices: int = 0
    whole: bool = False  # its list pages were read to their ends
    done: bool = False  # nothing that it came for was left over
    bounded: bool = False  # it was cut off where its caller said
    every: timedelta | None = None  # between crawls, as its entry asks for
    broken: str = ""
    finding: str = ""
    seen: Seen = field(default_factory=Seen)

    @property
    def outcome(self) -> str:
        """`well`, `needs a look` or `interrupted`."""
        return "interrupted" if self.interrupted else "needs a look" if self.reason else "well"

    def look_at(self, look: Look | None) -> None:
        """Take over why somebody should look, unless something is known already."""
        if look and not self.reason:
            self.finding, self.reason = look.finding, look.reason

    def take(self, spider: Any, counted: Mapping[str, Any]) -> None:
        """Take over what a spider saw and its crawl counted (Scrapy's stats)."""
        self.interrupted = self.interrupted or was_stopped(counted)
        self.outcomes = outcomes_of(counted)
        self.notices, self.broken = counted.get("thongbao/notices", 0), spider.broken
        self.pages, self.posts = sum(self.outcomes.values()), len(spider.posts)
        self.seen, self.every = spider.seen, spider.portal.every
        self.done = spider.done and not self.interrupted
        self.bounded = spider.bounded and spider.stopped_by_budget
        self.whole = spider.read_whole and not self.interrupted
        self.look_at(spider.look)
        if self.broken:  # it was cut off before it could be checked
            self.look_at(Look(Finding.ERROR, self.broken))


def was_stopped(counted: Mapping[str, Any]) -> bool:
    """Whether somebody stopped a crawl, by Scrapy's stats of it."""
    return counted.get("finish_reason") == "shutdown"


def outcomes_of(counted: Mapping[str, Any]) -> dict[str, int]:
    """How many pages ended in each outcome, by Scrapy's stats of a crawl."""
    return {o.value: n for o in Outcome if (n := counted.get(f"thongbao/outcome/{o.value}"))}


def trouble_of(outcome: Outcome) -> Finding:
    """What it means for a portal that a start page of it ended in an outcome."""
    found = {Outcome.BLOCKED: Finding.BLOCKED, Outcome.GONE: Finding.GONE, Outcome.EMPTY: Finding.NO_POSTS}
    return found.get(outcome, Finding.FAILING)


def many_bad(failed: int, blocked: int, pages: int) -> Look | None:
    """More pages than the net costs by itself failed or were blocked."""
    if failed + blocked <= pages * 0.05:
        return None
    finding = Finding.BLOCKED if blocked > failed else Finding.FAILING
    return Look(finding, f"{failed + blocked} of {pages} pages failed or were blocked")


def beside_earlier(now: Seen, earlier: Sequence[Seen]) -> Look | None:
    """What a reading lost that the portal's earlier ones had; a portal that publishes nothing loses nothing.

    `earlier` are those before it, the newest first.
    """
    return _fewer_posts(now, earlier) or _fewer_in_all(now, earlier) or _lost_field(now, earlier)


def _fewer_posts(now: Seen, earlier: Sequence[Seen]) -> Look | None:
    """List pages that became much shorter, or empty: markup changed, or a part of them is gone."""
    usual = sorted(s.first for s in earlier if s.first and s.finding != Finding.FEWER_POSTS)
    if now.first is None or not usual:
        return None
    middle = usual[len(usual) // 2]
    if not now.first:
        return Look(Finding.NO_POSTS, f"no posts on its start pages, usually {middle}")
    if len(usual) >= FEW_READINGS and middle >= FEW_POSTS and now.first * 2 < middle:
        return Look(Finding.FEWER_POSTS, f"{now.first} posts on its start pages, usually {middle}")
    return None


def _fewer_in_all(now: Seen, earlier: Sequence[Seen]) -> Look | None:
    """A reading of all list pages that came to far fewer posts than the last such one: paging broke."""
    before = next((s.posts for s in earlier if s.posts is not None), 0)
    if now.posts is None or before < FEW_POSTS or now.posts * 2 >= before:
        return None
    return Look(Finding.FEWER_POSTS, f"{now.posts} posts on all its list pages, before {before}")


def _lost_field(now: Seen, earlier: Sequence[Seen]) -> Look | None:
    """A field that stops being found: its share among the posts last read against those before."""
    new, old = [now], list(earlier)
    while old and sum(seen.read for seen in new) < NEW_POSTS and old[0].read <= NEW_POSTS:
        new.append(old.pop(0))
    old = [seen for seen in old if seen.finding != Finding.UNREADABLE]
    read, before = (sum(seen.read for seen in part) for part in (new, old))
    if read < 2 or before < OLD_POSTS:
        return None
    for name, what in (("titled", "a title"), ("dated", "a date"), ("texted", "a text")):
        have, had = (sum(getattr(seen, name) for seen in part) for part in (new, old))
        share = had / before
        # Rule of succession: of 40 posts that all had a date, the next one need not.
        chance = _at_most(have, read, (had + 1) / (before + 2))
        if share >= USUAL and have / read < share / 2 and chance < ACCIDENT:
            return Look(
                Finding.UNREADABLE,
                f"{what} was found in {have} of the {read} posts last read, before in {share:.0%}",
            )
    return None


def _at_most(have: int, of: int, share: float) -> float:
    """The chance that `have` or fewer of `of` posts have what a share of all has."""
    if of > 200:  # more prove nothing more, and floats overflow
        have, of = have * 200 // of, 200
    return sum(comb(of, n) * share**n * (1 - share) ** (of - n) for n in range(have + 1))
