"""Chromium, Firefox and WebKit as Debian has them: each is started, and ended."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from webdriver import Http, Marionette, Page, until

SIZE = 1280, 1000


@contextlib.contextmanager
def chromium(folder):
    """By chromedriver, without a window."""
    port = free_port()
    options = {
        "args": ["--headless=new", "--no-sandbox", "--hide-scrollbars"],
        "prefs": {"download.default_directory": str(folder)},
    }
    with running("chromedriver", f"--port={port}", folder=folder):
        yield opened(Http(port, {"goog:chromeOptions": options}))


@contextlib.contextmanager
def firefox(folder):
    """By its own socket, without a window, with an empty profile."""
    profile = folder / "profile"
    profile.mkdir()
    settings = {
        "marionette.port": 0,
        "browser.download.folderList": 2,
        "browser.download.dir": str(folder),
        "browser.download.alwaysOpenPanel": False,
        "browser.shell.checkDefaultBrowser": False,
        "datareporting.policy.dataSubmissionEnabled": False,
        "app.update.enabled": False,
        "dom.w3c_touch_events.enabled": 1,
    }
    lines = (f"user_pref({quoted(name)}, {quoted(value)});\n" for name, value in settings.items())
    (profile / "user.js").write_text("".join(lines))
    program = shutil.which("firefox-esr") or "firefox"
    with running(program, "--headless", "--marionette", "--profile", str(profile), folder=folder):
        port = until(lambda: (profile / "MarionetteActivePort").read_text())
        yield opened(Marionette(int(port)))


@contextlib.contextmanager
def webkit(folder):
    """WebKitGTK's small browser by its driver; it wants a screen, real or by `xvfb-run`."""
    port = free_port()
    (program,) = Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")
    options = {"binary": str(program), "args": ["--automation"]}
    with running("WebKitWebDriver", f"--port={port}", folder=folder):
        yield opened(Http(port, {"webkitgtk:browserOptions": options}))


BROWSERS = {"Chromium": chromium, "Firefox": firefox, "WebKit": webkit}


def opened(command):
    page = Page(command)
    page.resize(*SIZE)
    return page


@contextlib.contextmanager
def running(*words, folder):
    """A program with all that it starts, which ends with the block; the folder is its home."""
    surroundings = os.environ | {"HOME": str(folder)}
    with (folder / "log").open("w") as log:
        program = subprocess.Popen(
            words, stdout=log, stderr=log, env=surroundings, start_new_session=True
        )
        try:
            yield
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGTERM)
            try:
                program.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(program.pid, signal.SIGKILL)
                program.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def quoted(value):
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
