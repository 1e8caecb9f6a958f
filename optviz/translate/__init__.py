"""Translations of an optimizer's rule: into statements, mathematics and JavaScript."""
