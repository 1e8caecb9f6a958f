"""The figures of a comparison, one file each; they draw results and compute none."""
