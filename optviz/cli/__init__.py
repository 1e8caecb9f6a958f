"""The command line: arguments become calls; what is called does the work."""
