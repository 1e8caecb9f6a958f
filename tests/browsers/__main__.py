"""The explorer's page in Chromium, Firefox and WebKit: runs, controls, links, files.

    bash .ci/other-browsers             # installs the browsers on Debian, then runs this
    python tests/browsers [NAME ...]    # some of them

Prints a table, and ends with 1 if a check fails.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from functools import partial
from pathlib import Path

from conformance import cases, runs
from frames import frames
from operations import operations
from people import CHECKS, NotTriedError, Visit
from started import BROWSERS
from webdriver import BrowserError

import optviz

HELPERS = Path(__file__).with_name("page.js")


def main(names):
    """Try these browsers; 1 if a check failed."""
    known = list(cases())
    rows, failed = {}, False
    for i, browser in enumerate(names):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in tried(browser, known, Path(folder)):
                rows.setdefault(name, [""] * len(names))[i] = text
                failed |= text.startswith("FAILED")
    print(f"\n| | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for name, texts in rows.items():
        print(f"| {name} | {' | '.join(texts)} |")
    return int(failed)


def tried(browser, known, folder):
    """Every check in one browser: its name, and what came of it."""
    page_file = optviz.page(path=folder / "explorer.html")
    ours = f"<script>{HELPERS.read_text('utf-8')}</script></head>"
    page_file.write_text(page_file.read_text("utf-8").replace("</head>", ours, 1), "utf-8")
    with BROWSERS[browser](folder) as page:
        visit = Visit(page, page_file.as_uri(), folder)
        # Films come last: WebKitGTK hangs if a page is left while it loads a video.
        checks = {"runs against Python's": partial(runs, known=known), **MEASURES, **CHECKS}
        for name, check in checks.items():
            began = time.monotonic()
            said = outcome(check, visit)
            print(f"{browser}: {name}: {said} ({time.monotonic() - began:.0f} s)", flush=True)
            yield name, said


MEASURES = {
    "functions of Math unlike C's": lambda visit: operations(visit.page),
    "a frame of play, of a drag": lambda visit: frames(visit.page),
    "its version": lambda visit: visit.page.value(
        r"/(Chrome|Firefox|Version)\/[\d.]+/.exec(navigator.userAgent)[0]"
    ),
}


def outcome(check, visit):
    """Try one in a fresh page: "ok" with what it tells, or what went wrong."""
    try:
        visit.page.leave()
        visit.page.go(visit.url)
        told = check(visit)
        complaints = visit.complaints()
    except NotTriedError as reason:
        return f"not tried: {reason}"
    except (AssertionError, BrowserError) as error:
        return f"FAILED: {error}"
    except Exception as error:  # a driver that breaks costs its own row of the table
        traceback.print_exc()
        return f"FAILED: {error!r}"
    return f"FAILED: the page complains: {complaints}" if complaints else f"ok {told or ''}".strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(BROWSERS)))
