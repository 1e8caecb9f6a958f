"""The explorer in Chromium, as its user feels it: whole frames, from the event to the picture.

    python benchmarks/explorer.py [PAGE ...]

Prints rows for `benchmarks/README.md`, of a page made here or of the pages given (the files of
several versions take turns). Chromium draws without a GPU, at 1280 x 900, with the default views.

A gesture sends one event a frame. "frame" is the time from one painted frame to the next: 16.7 ms
where the page keeps up with a screen of 60 Hz. "work" is what the page's thread did for it: the
event's listeners, scripts, styles, layout and painting.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

import optviz

Times = dict[str, list[float]]

PLANE, RELIEF = ".ov-plane", ".ov-solid"
ROUNDS = 3
FRAMES = 90
FIVE = "gd:lr=0.001;momentum:lr=0.0003;adagrad:lr=0.5;rmsprop:lr=0.01;adam:lr=0.1"
TEN = f"{FIVE};adamw:lr=0.05;nadam:lr=0.05;lion:lr=0.01;adadelta:lr=1;qhm:lr=0.0005"
LONG = "#s=rosenbrock&start=-1.2,1&noise=3,1&v=loss,relief,anatomy&lang=en"

# Each names what is done in frame i; between frames the page may do what else it has to.
GESTURES = {
    "scrub": """(i) => {
      const bar = document.querySelector(".ov-scrub");
      const share = 0.5 - 0.5 * Math.cos(i / 9);
      bar.value = String(Math.round(share * Number(bar.max)));
      bar.dispatchEvent(new Event("input"));
    }""",
    "slider": """(i) => {
      const bar = document.querySelector("input[type=range][aria-label='Adam lr']");
      bar.value = String(500 + Math.round(99 * Math.sin(i / 9)));
      bar.dispatchEvent(new Event("input"));
    }""",
    "drag": """(i) => {
      const box = document.querySelector(globalThis.held);
      const { left, top, width, height } = box.getBoundingClientRect();
      // The ring is a button of its own, and holds the pointer.
      (box.querySelector(".ov-start") ?? box).dispatchEvent(new PointerEvent("pointermove", {
        pointerId: 1, bubbles: true,
        clientX: left + width * (0.5 + 0.3 * Math.cos(i / 9)),
        clientY: top + height * (0.5 + 0.3 * Math.sin(i / 7)),
      }));
    }""",
    "nothing": "() => {}",
    "surface": """(i) => {
      const select = () => document.querySelector("select[aria-label='Surface']");
      const names = [...select().options].map(({ value }) => value).filter(Boolean);
      select().value = names[i % names.length];
      select().dispatchEvent(new Event("change"));
    }""",
}

MEASURE = """async ([gesture, frames]) => {
  const act = globalThis.gestures[gesture];
  const channel = new MessageChannel();
  const painted = () => new Promise((done) => {
    requestAnimationFrame(() => {
      const began = performance.now();
      // A message is delivered when the frame has been painted.
      channel.port1.onmessage = () => done([began, performance.now()]);
      channel.port2.postMessage(null);
    });
  });
  let [, before] = await painted();
  const [frame, work] = [[], []];
  for (let i = 0; i < frames; i++) {
    const sent = performance.now();
    const next = painted();
    act(i);
    const handled = performance.now() - sent;
    const [began, ended] = await next;
    frame.push(ended - before);
    work.push(handled + ended - began);
    before = ended;
  }
  return { frame, work };
}"""


# From a change to the painted map that answers it, in ms: the coarsest, or the finest.
ANSWER = """async ([change, width]) => {
  const { model } = optviz;
  const channel = new MessageChannel();
  const began = performance.now();
  await new Promise((done) => {
    const before = model.map;
    const unlisten = model.listen(() => {
      if (!model.map || model.map === before || model.map.width !== width) return;
      unlisten();
      requestAnimationFrame(() => {
        channel.port1.onmessage = done;
        channel.port2.postMessage(null);
      });
    });
    if (change === null) model.look({ basins: !model.state.basins });
    else model.setRate(4, change);
  });
  return performance.now() - began;
}"""


def gestures() -> str:
    """A script that names them: a page forbids text as code, but not its tester."""
    parts = ", ".join(f"{name}: {code}" for name, code in GESTURES.items())
    return f"globalThis.gestures = {{ {parts} }};"


def opened(browser: Browser, url: str) -> Page:
    """A page in a window of its own, which has painted its first picture."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.add_init_script(gestures())
    page.goto(url)
    page.wait_for_function("() => performance.getEntriesByName('optviz ready').length")
    return page


def measured(page: Page, gesture: str, frames: int = FRAMES) -> Times:
    """The times of a gesture's frames."""
    times: Times = page.evaluate(MEASURE, [gesture, frames])
    return times


def since_opened(page: Page, name: str) -> Times:
    """From the begin of the navigation to a mark, in ms."""
    page.wait_for_function("(name) => performance.getEntriesByName(name).length", arg=name)
    time = page.evaluate("(name) => performance.getEntriesByName(name)[0].startTime", name)
    return {"frame": [time], "work": [time]}


def play(page: Page) -> None:
    """From the start on."""
    page.locator(".ov-player button").nth(0).click()
    page.locator(".ov-player button").nth(2).click()


def dragged(page: Page, view: str, frames: int = FRAMES) -> Times:
    """Press the mouse on the start's ring, or on the relief, and move it."""
    box = page.locator(view).bounding_box()
    assert box
    px, py = box["width"] / 2, box["height"] / 2
    if view == PLANE:
        px, py = page.evaluate("optviz.plane.toPixel(...optviz.model.state.starts[0])")
    page.mouse.move(box["x"] + px, box["y"] + py)
    page.mouse.down()
    page.evaluate("(view) => { globalThis.held = view; }", view)
    before = page.evaluate("[optviz.model.state.starts, optviz.model.state.camera].join()")
    times = measured(page, "drag", frames)
    page.mouse.up()
    after = page.evaluate("[optviz.model.state.starts, optviz.model.state.camera].join()")
    assert after != before, f"{view} was not dragged"
    return times


def default_page(browser: Browser, url: str) -> Iterator[tuple[str, str, Times]]:
    """What is done most, as the page opens."""
    page = opened(browser, url)
    yield "page interactive after load", "400 ms", since_opened(page, "optviz ready")
    yield "its first picture", "none", since_opened(page, "first-contentful-paint")
    measured(page, "scrub", 20)  # warm
    yield "scrub", "16.7 ms", measured(page, "scrub")
    yield "slider of a rate", "16.7 ms", measured(page, "slider")
    yield "start dragged", "16.7 ms", dragged(page, PLANE)
    yield "relief turned", "16.7 ms", dragged(page, RELIEF)
    play(page)
    yield "play", "16.7 ms", measured(page, "nothing")
    yield "change of surface (five rates tuned anew)", "100 ms", measured(page, "surface", 40)
    page.context.close()


def long_runs(browser: Browser, url: str) -> Iterator[tuple[str, str, Times]]:
    """Runs of many more steps than the screen has pixels across."""
    page = opened(browser, f"{url}{LONG}&o={TEN}&n=5000")
    measured(page, "scrub", 5)
    yield "10 x 5,000 steps, scrub", "33 ms", measured(page, "scrub", 45)
    play(page)
    yield "10 x 5,000 steps, play", "33 ms", measured(page, "nothing", 45)
    yield "10 x 5,000 steps, start dragged", "none", dragged(page, PLANE, 20)
    yield "10 x 5,000 steps, relief turned", "none", dragged(page, RELIEF, 20)
    page.context.close()
    page = opened(browser, f"{url}{LONG}&o={FIVE}&n=20000")
    yield "5 x 20,000 steps, first picture", "1000 ms", since_opened(page, "first-contentful-paint")
    yield "5 x 20,000 steps, scrub", "33 ms", measured(page, "scrub", 20)
    page.context.close()


def basins(browser: Browser, url: str) -> Iterator[tuple[str, str, Times]]:
    """Maps of where Adam ends, 200 steps from each start."""
    page = opened(browser, url)
    if not page.evaluate("'basins' in optviz.model.state"):
        return

    def answered(change: float | None, width: int) -> float:
        time: float = page.evaluate(ANSWER, [change, width])
        return time

    def alike(times: list[float]) -> Times:
        return {"frame": times, "work": times}

    yield "basins, first picture", "150 ms", alike([answered(None, 25)])
    page.wait_for_timeout(2000)
    moves = [answered(0.3 + 0.01 * i, 25) for i in range(40)]
    yield "basins, slider moved: next picture of 25 x 25", "33 ms", alike(moves[10:])
    finest = [answered(0.3 + 0.01 * i, 200) for i in range(3)]
    yield "basins, slider moved: picture of 200 x 200", "none", alike(finest)
    yield "basins, slider of a rate, frames", "16.7 ms", measured(page, "slider")
    page.context.close()


def row(name: str, goal: str, times: Times) -> str:
    """Median and the slowest tenth of the frames, and the median of the work."""
    slow = sorted(times["frame"])[int(0.9 * len(times["frame"]))]
    middle, work = median(times["frame"]), median(times["work"])
    return f"| {name} | {middle:.1f} ms | {slow:.1f} ms | {work:.1f} ms | {goal} |"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        made = sys.argv[1:] or [str(optviz.page(path=Path(folder) / "explorer.html"))]
        urls = [Path(page).resolve().as_uri() for page in made]
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        rows: dict[str, dict[tuple[str, str], Times]] = defaultdict(dict)
        for _ in range(ROUNDS):
            for url in urls:
                for measure in (default_page, long_runs, basins):
                    for name, goal, times in measure(browser, url):
                        held = rows[url].setdefault((name, goal), {"frame": [], "work": []})
                        for kind, values in times.items():
                            held[kind] += values
        browser.close()
        for url in urls:
            print(f"\n{Path(url).name}\n")
            print("| what | frame | slowest tenth | work | goal |\n|---|---|---|---|---|")
            for (name, goal), times in rows[url].items():
                print(row(name, goal, times))


if __name__ == "__main__":
    main()
