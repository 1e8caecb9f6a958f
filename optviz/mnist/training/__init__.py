"""One training run: its settings, its loop, what is kept of it on disk, and its film."""
