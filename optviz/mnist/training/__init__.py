"""Training runs: their settings, loop, folder on disk, and films."""
