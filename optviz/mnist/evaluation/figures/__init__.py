"""The figures of an evaluation; each draws numbers that it is given."""
