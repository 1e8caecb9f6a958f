"""The explorer in Chromium: script time of a slider's frame, of a change of surface, of loading.

    python benchmarks/explorer.py

Prints rows for `benchmarks/README.md`. Times are those of the main thread: from the event to the
last call of a canvas. The compositor's own work comes on top and is not ours.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

import optviz

FRAMES = 120
LOADS = 9

DRAG = """(frames) => {
  const bar = document.querySelector("input[type=range][aria-label='Adam lr']");
  const times = [];
  for (let i = 0; i < frames; i++) {
    bar.value = String(500 + (i % 100));
    const began = performance.now();
    bar.dispatchEvent(new Event("input"));
    optviz.flush();
    times.push(performance.now() - began);
  }
  return times;
}"""
START = """(frames) => {
  const times = [];
  for (let i = 0; i < frames; i++) {
    const began = performance.now();
    optviz.moveStart([Math.cos(i / 9) * 4, Math.sin(i / 7) * 4]);
    optviz.flush();
    times.push(performance.now() - began);
  }
  return times;
}"""
CHANGE = """() => {
  const select = document.querySelector("select[aria-label='Surface']");
  const names = [...select.options].map((option) => option.value).filter(Boolean);
  const times = [];
  for (let round = 0; round < 3; round++) {
    for (const name of names) {
      const chosen = document.querySelector("select[aria-label='Surface']");
      chosen.value = name;
      const began = performance.now();
      chosen.dispatchEvent(new Event("change"));
      optviz.flush();
      if (round) times.push(performance.now() - began);
    }
  }
  return times;
}"""


def shown(times: list[float], goal: str) -> str:
    """Median and the slowest tenth."""
    slow = sorted(times)[int(0.9 * len(times))]
    return f"{median(times):.1f} ms | {slow:.1f} ms | {goal} |"


def opened(page: Page, url: str) -> float:
    """Load the page and return when it could be used, in ms after the navigation began."""
    page.goto(url)
    page.wait_for_function("() => globalThis.optviz?.running")
    ready: float = page.evaluate("performance.getEntriesByName('optviz ready')[0].startTime")
    return ready


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        url = optviz.page(path=Path(folder) / "explorer.html").as_uri()
        chromium = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        loads = []
        for _ in range(LOADS):
            context = chromium.new_context(viewport={"width": 1280, "height": 900})
            page = context.new_page()
            loads.append(opened(page, url))
            if len(loads) < LOADS:
                context.close()
        print(f"| page interactive after load | {shown(loads, '400 ms')}")
        page.evaluate(
            "optviz.setNumbers({ steps: 500 }); optviz.setViews(['loss']); optviz.flush()"
        )
        page.evaluate(DRAG, FRAMES)  # warm
        print(f"| slider, contour and loss | {shown(page.evaluate(DRAG, FRAMES), '8 ms')}")
        print(f"| start dragged, contour and loss | {shown(page.evaluate(START, FRAMES), '8 ms')}")
        page.evaluate("optviz.setViews(['loss', 'relief']); optviz.flush()")
        print(f"| slider, with the relief | {shown(page.evaluate(DRAG, FRAMES), '14 ms')}")
        print(f"| start dragged, with the relief | {shown(page.evaluate(START, FRAMES), '14 ms')}")
        print(f"| change of surface, all views | {shown(page.evaluate(CHANGE), '60 ms')}")
        chromium.close()


if __name__ == "__main__":
    main()
