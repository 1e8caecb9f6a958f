"""Figures of the companion: stills that are drawn from finished runs."""
