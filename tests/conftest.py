"""Settings and fixtures shared by all tests."""

import os
import shutil
import signal

import pytest
from hypothesis import settings
from playwright.sync_api import sync_playwright

# A failed assertion of theirs shows its values too.
pytest.register_assert_rewrite(
    "commands", "engine", "explorer_page", "node", "notebook", "own_rules", "texts"
)

# The tests run in a process for each core: more threads would only wait for one another. Read when
# torch and NumPy are loaded, here and in the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# What a shell starts in the background ignores Ctrl-C, and so would every command under test.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # likewise what nohup starts

# Machines that run the tests are slow and shared: time is measured in benchmarks/, never here.
settings.register_profile("optviz", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("optviz")


@pytest.fixture(scope="session")
def browser():
    """A real Chromium: what is shown in a browser is tested in one."""
    path = shutil.which("chromium")
    assert path, "the tests need chromium: bash .ci/system-packages installs it"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def subset():
    """The 5,000 digits that need neither network nor files."""
    from optviz import mnist

    return mnist.load(subset=True)


@pytest.fixture(scope="session")
def few(subset):
    """800 images, so that an epoch takes a blink; none for the test."""
    from optviz import mnist

    return mnist.Dataset(subset.train_images[::5], subset.train_labels[::5],
                         subset.test_images[:0], subset.test_labels[:0],
                         source=subset.source)  # fmt: skip


@pytest.fixture(scope="session")
def explorer_file(tmp_path_factory):
    """The page of all surfaces."""
    import optviz

    return optviz.page(path=tmp_path_factory.mktemp("page") / "explorer.html")


@pytest.fixture(scope="module")
def one_page(browser, explorer_file):
    """One open explorer for all tests of a module that set it as they need it."""
    from explorer_page import leave, visit

    shown = visit(browser, explorer_file.as_uri())
    yield shown
    leave(shown)


@pytest.fixture
def show(browser, explorer_file):
    """Open the page (with a hash); afterwards nothing may have been asked or complained of."""
    from explorer_page import leave, visit

    opened = []

    def open_page(hash_="", **settings):
        opened.append(visit(browser, f"{explorer_file.as_uri()}{hash_}", **settings))
        return opened[-1]

    yield open_page
    for shown in opened:
        leave(shown)


@pytest.fixture(scope="session")
def grid(subset):
    """Two optimizers, one of them tuned, x 2 activations x 2 numbers of images x 2 seeds."""
    from comparisons import compare

    return compare(subset, ["gd", "adam:lr=0.01"], ["relu", "tanh"], 2, samples=[200, 300])
