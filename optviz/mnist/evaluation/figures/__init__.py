"""The figures of an evaluation, one file each; they draw results and compute none."""
