"""``python -m optviz`` is the command ``optviz``."""

import sys

from optviz.cli import main

sys.exit(main())
