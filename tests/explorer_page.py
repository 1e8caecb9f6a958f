"""The explorer in Chromium: its page as a user sees it."""

from __future__ import annotations

import shlex
from urllib.parse import parse_qs

# What each view writes onto its ground.
PAINTED = """() => {
  const { fillText } = CanvasRenderingContext2D.prototype;
  const texts = {};
  for (const [name, view] of Object.entries({ plane: optviz.plane, ...optviz.diagrams })) {
    texts[name] = [];
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
      texts[name].push(text);
      fillText.call(this, text, ...place);
    };
    view.paintGround();
  }
  CanvasRenderingContext2D.prototype.fillText = fillText;
  return texts;
}"""


class Shown:
    """A page, what it asked of the network, and what it complained of."""

    def __init__(self, context, url):
        self.page = context.new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.errors.append(said.text) if said.type == "error" else None,
        )
        self.page.goto(url)
        self.wait("globalThis.optviz?.model.running")

    def wait(self, condition):
        """Until an expression is true; as a function, since the page forbids text as code."""
        self.page.wait_for_function(f"() => {condition}")

    def points(self, i):
        """The path of a run; the protocol turns large floats into whole numbers."""
        return [
            float(v)
            for v in self.page.evaluate(f"Array.from(optviz.model.running[{i}].run.points)")
        ]

    def state(self, name):
        return self.page.evaluate(f"optviz.model.state.{name}")

    @property
    def start(self):
        """The only start."""
        (start,) = self.state("starts")
        return start

    def settle(self):
        self.page.evaluate("new Promise((done) => setTimeout(done, 60))")

    def place(self, x, y):
        """Where a point of the plane is on the page."""
        box = self.page.locator(".ov-plane").bounding_box()
        px, py = self.page.evaluate(f"optviz.plane.toPixel({x}, {y})")
        return box["x"] + px, box["y"] + py

    def drag(self, start, end):
        """Move a ring or the plane, from a point of it to another."""
        self.page.mouse.move(*self.place(*start))
        self.page.mouse.down()
        self.page.mouse.move(*self.place(*end), steps=5)
        self.page.mouse.up()

    def fill(self, name, value):
        """Type a number into the box of this name."""
        box = self.page.get_by_role("spinbutton", name=name, exact=True)
        box.fill(str(value))
        box.press("Enter")

    def command(self):
        """The words of the command that films what the page shows."""
        return shlex.split(self.page.evaluate("optviz.model.command"))

    def specs(self):
        """The optimizers that run, in the page's order."""
        link = parse_qs(self.page.evaluate("optviz.model.link"))
        return [spec.lstrip("~") for spec in link["o"][0].split(";") if not spec.startswith("-")]

    def pixels(self, view):
        """A fingerprint of what a view shows."""
        return self.page.evaluate(
            f"""() => {{
              const {{ ground, over }} = optviz.{view};
              return [ground, over].map(({{ canvas }}) => canvas.toDataURL());
            }}"""
        )


def visit(browser, url, **settings):
    """Open a page without a network, as on a usual screen."""
    settings = {"viewport": {"width": 1280, "height": 1000}} | settings
    context = browser.new_context(offline=True, **settings)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    return Shown(context, url)


def leave(shown):
    """Close a page, which may have asked for nothing elsewhere and complained of nothing."""
    assert [url for url in shown.requests if not url.startswith(("file:", "blob:"))] == []
    assert shown.errors == []
    shown.page.context.close()
