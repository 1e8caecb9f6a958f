from .film import Animation
from .make import animate, animate_scenario
from .still import Still

__all__ = ["Animation", "Still", "animate", "animate_scenario"]
