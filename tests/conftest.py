"""Settings shared by all tests."""

from browser import browser_page  # noqa: F401  (a fixture)
from hypothesis import settings

# Machines that run the tests are slow and shared: time is measured in benchmarks/, never here.
settings.register_profile("optviz", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("optviz")
