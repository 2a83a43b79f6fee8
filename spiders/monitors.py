"""What somebody should look at when a portal was read: checks that Spidermon runs as its spider closes.

One monitor a check; the first of its suite that fails says why (`spider.look`), and `runs` keeps it. Suites
of one's own go beside these in SPIDERMON_SPIDER_CLOSE_MONITORS.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spidermon import Monitor, MonitorSuite

from crawler.health import Finding, Look, beside_earlier, many_bad, outcomes_of, was_stopped
from crawler.model import Portal
from spiders.archive import ArchiveSpider
from spiders.portal import PortalSpider
from spiders.reading import ReadingSpider

if TYPE_CHECKING:
    from scrapy.crawler import Crawler


class ReadingMonitor(Monitor):
    """A check of a reading that has ended: it fails where somebody should look."""

    def runTest(self) -> None:
        """Ask `found`, and note what it says on the spider; a check that breaks is a look itself."""
        spider = self.data.spider
        try:
            look = self.found(spider)
        except Exception as error:
            logging.getLogger("thongbao").exception("check broke: %s", type(self).__name__)
            look = Look(Finding.ERROR, f"the check {type(self).__name__} broke: {error!r}")
        if look:
            spider.look = spider.look or look
            self.fail(look.reason)

    def found(self, spider: Any) -> Look | None:
        """Why somebody should look; None where nobody needs to."""
        raise NotImplementedError

    @property
    def outcomes(self) -> dict[str, int]:
        """How many pages ended in each outcome."""
        return outcomes_of(self.data.stats)

    @property
    def pages(self) -> int:
        """How many pages were asked for."""
        return sum(self.outcomes.values())

    @property
    def interrupted(self) -> bool:
        """Whether somebody stopped it: what was not read says nothing then."""
        return was_stopped(self.data.stats)


class IndexWritten(ReadingMonitor):
    """What was read could be stored."""

    def found(self, spider: ReadingSpider) -> Look | None:
        return Look(Finding.ERROR, spider.broken) if spider.broken else None


class NoErrors(ReadingMonitor):
    """No callback raised an exception."""

    def found(self, spider: ReadingSpider) -> Look | None:
        errors = self.data.stats.get("spider_exceptions/count", 0)
        why = f"{errors} of {self.pages} pages raised an error: run again with -v"
        return Look(Finding.ERROR, why) if errors else None


class PagesAnswered(ReadingMonitor):
    """No more pages failed or were blocked than the net costs by itself; files are counted apart."""

    def found(self, spider: ReadingSpider) -> Look | None:
        files = spider.bad_files if isinstance(spider, PortalSpider) else 0
        failed, blocked = self.outcomes.get("failed", 0) - files, self.outcomes.get("blocked", 0)
        return many_bad(failed, blocked, self.pages)


class StartPagesRead(ReadingMonitor):
    """Every start page answered with a list of posts."""

    def found(self, spider: PortalSpider) -> Look | None:
        if not spider.start_problems:
            return None
        trouble = spider.start_problems[0]
        return replace(trouble, reason=trouble.reason + fate(spider.portal))


class WithinBudget(ReadingMonitor):
    """The portal cost no more bytes, seconds and pages than it may; what a caller bounds is no trouble."""

    def found(self, spider: PortalSpider | ArchiveSpider) -> Look | None:
        if spider.overspent:
            return Look(Finding.COSTLY, spider.overspent)
        if spider.bounded or not spider.stopped_by_budget or self.interrupted:
            return None
        why = f"it was cut off at its budget of {spider.most_pages} pages: the next crawl goes on"
        return Look(Finding.COSTLY, why)


class PostsFound(ReadingMonitor):
    """The portal had posts."""

    def found(self, spider: PortalSpider) -> Look | None:
        if spider.posts or self.interrupted:
            return None
        why = "no posts found: is the start page right, is the platform known?"
        usual = beside_usual(spider)
        if usual and usual.finding == Finding.NO_POSTS:
            why = f"{usual.reason}: has the site been made anew?"
        return Look(Finding.NO_POSTS, why + fate(spider.portal))


class PostsReadable(ReadingMonitor):
    """Most of what links called posts were some."""

    def found(self, spider: PortalSpider) -> Look | None:
        posts = len(spider.posts)
        why = f"{spider.unreadable} of {posts} posts could not be read: is the platform right?"
        return Look(Finding.UNREADABLE, why) if spider.unreadable * 2 > posts else None


class FilesFetched(ReadingMonitor):
    """Most of the attached files came."""

    def found(self, spider: PortalSpider) -> Look | None:
        files = len(spider.files)
        why = f"{spider.bad_files} of {files} attachments failed or were blocked"
        return Look(Finding.FILES, why) if spider.bad_files * 2 > files > 4 else None


class PostsExpected(ReadingMonitor):
    """As many posts as the registry entry expects, in the last reading of all list pages and since."""

    def found(self, spider: PortalSpider) -> Look | None:
        posts, expected = len(spider.posts), spider.portal.expect.get("posts", 0)
        if spider.only_new and spider.memory:
            posts = max(posts, spider.memory.posts_of(spider.portal.id))
        if self.interrupted or spider.stopped_by_budget or posts >= expected:
            return None
        return Look(Finding.FEWER_POSTS, f"{posts} posts found, {expected} expected")


class NoticesExpected(ReadingMonitor):
    """As many notices in the index as the registry entry expects, once all list pages were read.

    Whoever read them: an earlier crawl, an archive.
    """

    def found(self, spider: PortalSpider) -> Look | None:
        expected = spider.portal.expect.get("notices", 0)
        if not expected or not spider.memory or self.interrupted or spider.stopped_by_budget or spider.since:
            return None
        notices = spider.memory.notices_of(spider.portal.id)
        why = f"{notices} notices in the index, {expected} expected"
        return Look(Finding.FEWER_POSTS, why) if notices < expected else None


class AsBefore(ReadingMonitor):
    """Nothing is lost that the portal's earlier readings had: posts on its start pages, a field of posts."""

    def found(self, spider: PortalSpider) -> Look | None:
        return None if self.interrupted or spider.stopped_by_budget else beside_usual(spider)


class ArchiveAnswered(ReadingMonitor):
    """The archive did not refuse."""

    def found(self, spider: ArchiveSpider) -> Look | None:
        return Look(Finding.BLOCKED, spider.refused) if spider.refused else None


class CapturesFound(ReadingMonitor):
    """The archive holds captures of the portal's hosts."""

    def found(self, spider: ArchiveSpider) -> Look | None:
        why = "the archive has no capture of its hosts in these days" + fate(spider.portal)
        return None if spider.listed or self.interrupted else Look(Finding.NO_POSTS, why)


class IndexReadable(ReadingMonitor):
    """The archive's index ended, and every row of it was one."""

    def found(self, spider: ArchiveSpider) -> Look | None:
        bad, good = spider.listing.malformed, spider.listing.total
        why = f"{bad} of {bad + good} rows of the archive's index could not be read"
        return spider.listing.trouble or (Look(Finding.UNREADABLE, why) if bad else None)


#: The checks of each spider, what explains the others first.
CHECKS: dict[type[ReadingSpider], list[type[ReadingMonitor]]] = {
    PortalSpider: [
        IndexWritten, StartPagesRead, WithinBudget, NoErrors, PostsFound, PostsReadable, FilesFetched,
        PagesAnswered, PostsExpected, NoticesExpected, AsBefore,
    ],
    ArchiveSpider: [
        IndexWritten, WithinBudget, ArchiveAnswered, NoErrors, IndexReadable, CapturesFound, PagesAnswered,
    ],
}  # fmt: skip


class ReadingSuite(MonitorSuite):
    """The checks of the spider that read a portal; none of other spiders (scrapy shell, scrapy fetch)."""

    def __init__(self, crawler: Crawler) -> None:
        checks = (checks for spider, checks in CHECKS.items() if issubclass(crawler.spidercls, spider))
        super().__init__(crawler=crawler, monitors=next(checks, []))


def beside_usual(spider: PortalSpider) -> Look | None:
    """What a reading lost that the portal's earlier ones had."""
    seen = replace(spider.seen, posts=len(spider.posts) if spider.read_whole else None)
    return beside_earlier(seen, spider.memory.earlier(spider.portal.id)) if spider.memory else None


def fate(portal: Portal) -> str:
    """What the registry knows of a portal that is no longer there."""
    known = [f"closed since {portal.closed}"] if portal.closed else []
    known += [f"{portal.successor} took over"] if portal.successor else []
    if not known:
        return ""
    return (
        f" ({', '.join(known)}; web archives may hold what it published:"
        f" thongbao crawl --archive wayback {portal.id})"
    )
