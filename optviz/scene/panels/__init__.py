"""The panels of a picture, one file each: each draws runs, none runs an optimizer."""
