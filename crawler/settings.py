"""Scrapy's settings: polite by default, and lean."""

import os

from scrapy.settings import default_settings

from crawler import contact

BOT_NAME = "thongbao"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
USER_AGENT = contact.user_agent(os.environ)

ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = 1.0
CONCURRENT_REQUESTS_PER_DOMAIN = 2
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_MAXSIZE = 25 * 1024 * 1024
RETRY_TIMES = 2

# What one portal may cost; an entry of the registry may ask for more (`settings:`).
THONGBAO_PORTAL_PAGES = 20_000
THONGBAO_PORTAL_BYTES = 4 * 1024**3  # of bodies, unpacked
THONGBAO_PORTAL_SECONDS = 6 * 3600.0
_CONSOLES = ("scrapy.extensions.telnet.TelnetConsole", "scrapy.extensions.remote_control.RemoteControl")
# Consoles into a running crawl: switched off by None they would still read a web server's code at each start.
EXTENSIONS_BASE = {
    path: order for path, order in default_settings.EXTENSIONS_BASE.items() if path not in _CONSOLES
}
EXTENSIONS = {"crawler.bounds.Budget": 500, "spidermon.contrib.scrapy.extensions.Spidermon": 600}
SPIDERMON_ENABLED = True
SPIDERMON_SPIDER_CLOSE_MONITORS = ["spiders.monitors.ReadingSuite"]
ROBOTSTXT_PARSER = "crawler.bounds.BoundedRobots"
# The guard lets out http and https only; without their handlers the others cannot even be meant.
DOWNLOAD_HANDLERS = {
    "http": "crawler.bounds.BoundedHandler",
    "https": "crawler.bounds.BoundedHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

# Interface language leaks through a portal's session (sotttt.hanoi.gov.vn): no cookies are kept or sent.
COOKIES_ENABLED = False
METAREFRESH_ENABLED = False
# asyncio's own loop: uvloop tells of a line that broke after two readings at most (libuv's POLLERR), and a
# page of over 128 KB that was cut off waited for DOWNLOAD_TIMEOUT; it is no faster where it can be measured.
ASYNCIO_EVENT_LOOP = None
# The default of 100 starts a hundred tasks a response: 1.3 times the pages a second without them.
CONCURRENT_ITEMS = 1
# It reads and parses the spider's source again for every few callbacks.
WARN_ON_GENERATOR_RETURN_VALUE = False
DOWNLOADER_STATS = False
# Bytes of bodies that wait to be read: with Scrapy's 5 MB the line is idle whenever the readers are behind.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 20_000_000
# A spider asks one portal: queues by host have nothing to balance.
SCHEDULER_PRIORITY_QUEUE = "scrapy.pqueues.ScrapyPriorityQueue"
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "vi,en;q=0.3",
}

# What is switched off here is done elsewhere: the guard knows the portal's hosts, `urls.is_trap` long and
# deep addresses, the reader every status. A middleware more is a coroutine more for every page and item.
DOWNLOADER_MIDDLEWARES = {
    "crawler.guard.GuardMiddleware": 40,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    "crawler.packed.WholeCompression": 590,
    "spiders.exchange.ExchangeMiddleware": 950,
}
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware": None,
}
ITEM_PIPELINES = {"db.pipeline.StorePipeline": 300}
TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"

LOG_LEVEL = "WARNING"
THONGBAO_DB = "notices.db"
THONGBAO_KEEP = "covid"
THONGBAO_ARCHIVE_PATIENCE = 60.0  # seconds to wait after a web archive's 429, at least
THONGBAO_CAPTURES = "all"  # or "notices", or "" for none
