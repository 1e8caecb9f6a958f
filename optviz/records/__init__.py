"""Records of runs: plain data from which tables, pictures and pages are made."""
