"""A page of a real Chromium that serves the explorer's modules to tests."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Route, sync_playwright

import optviz

MODULES = Path(optviz.__file__).parent / "explorer"
# No text may become code, and nothing may be fetched from elsewhere.
POLICY = {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}


@pytest.fixture(scope="session")
def browser_page():
    """A blank page from which `import('/formula.js')` and its neighbours work."""
    program = shutil.which("chromium")
    assert program, "these tests need Chromium: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", _serve)
        page.goto("http://explorer.test/")
        yield page
        browser.close()


def _serve(route: Route) -> None:
    module = MODULES / route.request.url.rsplit("/", 1)[-1]
    if module.suffix == ".js":
        route.fulfill(body=module.read_text(), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html>", content_type="text/html", headers=POLICY)
