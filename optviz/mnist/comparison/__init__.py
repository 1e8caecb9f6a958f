"""Many runs side by side: the grid of settings, its execution, its tables and figures."""
