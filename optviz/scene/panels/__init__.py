"""The panels of a picture, one file each; they draw recorded runs and never run an optimizer."""
