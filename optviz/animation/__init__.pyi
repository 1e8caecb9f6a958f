from .film import Animation
from .make import animate, animate_scenario
from .muon import animate_muon
from .still import Still

__all__ = ["Animation", "Still", "animate", "animate_muon", "animate_scenario"]
