"""Pictures of recorded runs, made of panels; nothing here runs an optimizer."""

from optviz.scene.panels.base import Panel, PictureStyle
from optviz.scene.scene import Scene
from optviz.scene.views import LANDSCAPE_PANELS, LEARNING_PANELS, PANELS

__all__ = ["LANDSCAPE_PANELS", "LEARNING_PANELS", "PANELS", "Panel", "PictureStyle", "Scene"]
