"""The views of one post: a portal shows it at several addresses, of which the best is read."""

from __future__ import annotations

from crawler.model import PostLink, PostState


class PostViews:
    """The views of one post that links named, those asked for, and the text rank of what was read.

    `known` is what an earlier crawl made of it.
    """

    __slots__ = ("asked", "dead", "known", "links", "read_rank")

    def __init__(self, known: PostState | None = None) -> None:
        self.known = known
        self.links: dict[str, PostLink] = {}
        self.asked: set[str] = set()
        self.dead = False  # every view asked for so far was dead
        self.read_rank: tuple[bool, bool] | None = known.text_rank if known else None

    def best_unasked(self) -> PostLink | None:
        """The most canonical view not asked for yet."""
        open_links = [link for url, link in self.links.items() if url not in self.asked]
        return min(open_links, key=lambda link: link.view.rank, default=None)
