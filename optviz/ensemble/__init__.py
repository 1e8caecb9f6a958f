"""Many runs at once: basins of attraction, sweeps, scoreboards, and the kernels under them."""
