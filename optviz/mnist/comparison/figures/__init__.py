"""The figures of a comparison; each draws numbers that it is given."""
