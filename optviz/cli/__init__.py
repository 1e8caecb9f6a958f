"""The command line: turns arguments into calls of the library, and holds no logic of its own."""
