"""A small client of W3C WebDriver, whose commands Chromium, Firefox and WebKit all understand.

Chromium and WebKit are asked through their drivers, by HTTP. Debian has none for Firefox, but
Firefox takes the same commands itself, by a socket: that is how geckodriver talks to it.
"""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from typing import ClassVar

WAIT = 30  # seconds for a browser to start, and for what a check waits for
CALL = 600  # seconds for one script

# A script may wait for promises; what it throws comes back as text.
SCRIPT = """
const done = arguments[arguments.length - 1];
const given = arguments[0];
(async () => {{ {body} }})().then(
  (value) => done({{ value: value ?? null }}),
  (error) => done({{ thrown: String(error) }}),
);
"""


class BrowserError(Exception):
    """A command that a browser did not do, or a script that threw."""


class Http:
    """The commands of a driver."""

    PATHS: ClassVar = {
        "NewSession": "", "Navigate": "/url", "ExecuteAsyncScript": "/execute/async",
        "PerformActions": "/actions", "SetWindowRect": "/window/rect", "SetTimeouts": "/timeouts",
        "NewWindow": "/window/new", "SwitchToWindow": "/window", "CloseWindow": "/window",
        "GetWindowHandle": "/window",
    }  # fmt: skip
    METHODS: ClassVar = {"CloseWindow": "DELETE", "GetWindowHandle": "GET"}

    def __init__(self, port, capabilities):
        self.root = f"http://127.0.0.1:{port}/session"
        until(lambda: self._ask("GET", self.root.replace("session", "status"))["ready"] is not None)
        always = {"capabilities": {"alwaysMatch": capabilities}}
        made = self("NewSession", always)
        self.root += f"/{made['sessionId']}"

    def __call__(self, name, values=None):
        method = self.METHODS.get(name, "POST")
        return self._ask(method, self.root + self.PATHS[name], values if method == "POST" else None)

    def _ask(self, method, url, values=None):
        data = None if values is None else json.dumps(values).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=CALL) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise BrowserError(json.load(error)["value"]["message"]) from None


class Marionette:
    """The commands of Firefox itself."""

    def __init__(self, port):
        self.socket = until(lambda: socket.create_connection(("127.0.0.1", port), timeout=CALL))
        self.stream = self.socket.makefile("rb")
        self._read()  # a greeting
        self.sent = 0
        self("NewSession", {"unhandledPromptBehavior": "accept"})

    def __call__(self, name, values=None):
        self.sent += 1
        text = json.dumps([0, self.sent, f"WebDriver:{name}", values or {}]).encode()
        self.socket.sendall(b"%d:%s" % (len(text), text))
        _, _, error, result = self._read()
        if error:
            raise BrowserError(error["message"])
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def _read(self):
        size = b""
        while (byte := self.stream.read(1)) != b":":
            if not byte:
                raise BrowserError("Firefox has ended")
            size += byte
        return json.loads(self.stream.read(int(size)))


class Page:
    """What a user does with a page: look, point, touch and press keys."""

    def __init__(self, command):
        self.command = command
        command("SetTimeouts", {"script": CALL * 1000, "pageLoad": WAIT * 1000})
        self.first = command("GetWindowHandle")

    def resize(self, width, height):
        self.command("SetWindowRect", {"width": width, "height": height})

    def go(self, url):
        self.command("Navigate", {"url": url})
        self.wait("globalThis.optviz?.model?.running")

    def leave(self):
        """So that what is opened next is a page of its own, even by the same address."""
        self.command("Navigate", {"url": "about:blank"})

    def open_tab(self, url):
        """In a tab of its own, as somebody who follows a link."""
        handle = self.command("NewWindow", {"type": "tab"})["handle"]
        self.command("SwitchToWindow", {"handle": handle})
        self.go(url)

    def close_tab(self):
        self.command("CloseWindow")
        self.command("SwitchToWindow", {"handle": self.first})

    def run(self, body, *given):
        """What the body of an async function returns; ``given`` is an array that it knows."""
        values = {"script": SCRIPT.format(body=body), "args": [given]}
        answer = self.command("ExecuteAsyncScript", values)
        if "thrown" in answer:
            raise BrowserError(answer["thrown"])
        return answer["value"]

    def value(self, expression):
        return self.run(f"return {expression};")

    def call(self, name, *given):
        """What a function of ``page.js`` returns."""
        return self.run(f"return window.checks.{name}(...given);", *given)

    def wait(self, condition):
        """Until an expression is true."""
        until(lambda: self.value(f"Boolean({condition})"), what=condition)

    def point(self, *moves, touch=False):
        """Press at the first of these places, move over the others, let go."""
        kind = "touch" if touch else "mouse"

        def to(place):
            x, y = (round(each) for each in place)
            return {"type": "pointerMove", "duration": 30, "x": x, "y": y}

        down, up = ({"type": f"pointer{name}", "button": 0} for name in ("Down", "Up"))
        actions = [to(moves[0]), down, *map(to, moves[1:]), up]
        self._act({"type": "pointer", "id": kind, "parameters": {"pointerType": kind},
                   "actions": actions})  # fmt: skip

    def press(self, *keys):
        """Press keys one after another; a tuple of keys together."""
        actions = []
        for chord in keys:
            together = chord if isinstance(chord, tuple) else (chord,)
            actions += [{"type": "keyDown", "value": key} for key in together]
            actions += [{"type": "keyUp", "value": key} for key in reversed(together)]
        self._act({"type": "key", "id": "keys", "actions": actions})

    def _act(self, source):
        self.command("PerformActions", {"actions": [source]})


def until(ask, seconds=WAIT, what="an answer"):
    """Ask until the answer is true."""
    end = time.monotonic() + seconds
    while True:
        try:
            if answer := ask():
                return answer
            error = None
        except (BrowserError, OSError) as problem:
            error = problem
        if time.monotonic() > end:
            raise BrowserError(f"waited {seconds} s for: {what}") from error
        time.sleep(0.1)
