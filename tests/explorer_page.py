"""A page of Chromium that serves the explorer's modules to tests, each as a file of its own."""

from __future__ import annotations

from pathlib import Path

import optviz

MODULES = Path(optviz.__file__).parent / "explorer"
# No text may become code, and nothing may come from elsewhere.
POLICY = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}


def opened(browser):
    """A blank page in which `import('/formula.js')` and its neighbours work."""
    page = browser.new_page()
    page.route("**/*", _serve)
    page.goto("http://explorer.test/")
    return page


def _serve(route):
    module = MODULES / route.request.url.rsplit("/", 1)[-1]
    if module.suffix == ".js":
        route.fulfill(body=module.read_text("utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html", headers=POLICY)
