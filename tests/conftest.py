"""Settings shared by all tests."""

import os

from hypothesis import settings

# The tests run in a process for each core: more threads would only wait for one another. Read when
# torch and NumPy are loaded, here and in the processes that tests start.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Machines that run the tests are slow and shared: time is measured in benchmarks/, never here.
settings.register_profile("optviz", deadline=None, max_examples=100, derandomize=True)
settings.load_profile("optviz")
