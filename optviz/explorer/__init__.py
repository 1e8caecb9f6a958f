"""The browser: ES modules without dependencies, joined with JavaScript derived from Python."""
