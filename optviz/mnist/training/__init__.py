"""One training run: its settings, its loop, its folder on disk, and its film."""
