from .page import page
from .widget import Explorer, explore

__all__ = ["Explorer", "explore", "page"]
