"""The command line: crawl, status, ocr, extract, portals, serve, export, publish, reextract, merge …"""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import sys
from collections.abc import Sequence

from commands.options import (
    COULD_NOT_RUN,
    INTERRUPTED,
    LOG_FORMATS,
    LOOK,
    WELL,
    WRONG_CALL,
    CallError,
    complain,
    db_of,
    log_format,
    logs_json,
)
from commands.parser import parser
from crawler import log, registry

__all__ = ["COULD_NOT_RUN", "INTERRUPTED", "LOOK", "WELL", "WRONG_CALL", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):  # JSON is UTF-8, whatever the locale says
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")
    options = parser().parse_args(argv)
    if (wanted := log_format(options)) not in LOG_FORMATS:
        complain(options, f"THONGBAO_LOG_FORMAT={wanted} is no format of logs: text or json")
        return WRONG_CALL
    log.setup(logs_json(options), getattr(options, "verbose", 0))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    code = WELL
    try:
        code = int(options.run(options))
        print(end="", flush=True)  # what cannot be written is told here, not by Python's last words
        return code
    except (registry.RegistryError, registry.UnknownPortal, CallError) as error:
        complain(options, str(error))
        return WRONG_CALL
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # whoever read has had enough (| head); Python would flush into it once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return code
    except OSError as error:
        named = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or error
        complain(options, str(named))
        return COULD_NOT_RUN
    except sqlite3.Error as error:
        complain(options, f"{db_of(options)}: {error}" if getattr(options, "db", None) else str(error))
        return COULD_NOT_RUN
    except RuntimeError as error:
        complain(options, str(error))
        return COULD_NOT_RUN


if __name__ == "__main__":
    sys.exit(main())
