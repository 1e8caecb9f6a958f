"""A widget of this process, and its views in Chromium: what a notebook's server carries between."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

from optviz.explorer.data import module_text

DRIVER = Path(__file__).parent / "js" / "drivers" / "notebook.js"


class Wire:
    """In place of a comm: it keeps what the kernel sends."""

    def __init__(self, comm_id):
        self.comm_id, self.sent = comm_id, []

    def on_msg(self, callback):
        pass

    def send(self, data=None, metadata=None, buffers=None):
        self.sent.append(json.loads(json.dumps(data)))

    def close(self):
        pass


def open_notebook(browser, path):
    """A page that can show the widgets of surfaces and rules that everybody has; time stands still
    in it.
    """
    css = (resources.files("optviz.explorer") / "explorer.css").read_text(encoding="utf-8")
    name = "Object.assign(globalThis, { optvizExplorer, DATA });"
    path.write_text(
        f"<!doctype html><meta charset=utf-8><style>{css}</style><body>"
        f"<script type=module>{module_text()}{name}</script>",
        encoding="utf-8",
    )
    page = browser.new_context(offline=True).new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(path.as_uri())
    page.wait_for_function("() => globalThis.DATA")
    page.add_script_tag(path=DRIVER)
    return page


class Notebook:
    """An explorer of this process and its views in a page."""

    def __init__(self, page, explorer, views=1):
        self.page, self.explorer, self.wire = page, explorer, Wire(explorer.model_id)
        explorer.comm.close()
        explorer.comm = self.wire
        self.page.evaluate("([state, count]) => notebook.open(state, count)", [self.told(), views])

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        self.explorer.close()

    def told(self):
        """The traits as the kernel tells them."""
        names = [name for name in self.explorer.keys if name not in ("_esm", "_css", "layout")]
        return json.loads(json.dumps(self.explorer.get_state(names)))

    def known(self):
        """The traits as the page has them."""
        return self.page.evaluate("notebook.host.state")

    def deliver(self, apart=False):
        """Carry messages until nobody has any; how many the page has sent."""
        count = 0
        while True:
            messages, self.wire.sent = self.wire.sent, []
            deliver = "([messages, apart]) => notebook.deliver(messages, apart)"
            answers = self.page.evaluate(deliver, [messages, apart])
            for answer in answers:
                self.explorer.set_state(answer)
            count += len(answers)
            if not answers and not self.wire.sent:
                return count

    def do(self, change, view=0):
        """Change something in a view, as its controls do; and tell the kernel."""
        self.page.evaluate(f"notebook.model({view}).{change}")
        return self.deliver()

    def shown(self, view=0):
        return self.page.evaluate(f"notebook.shown({view})")
