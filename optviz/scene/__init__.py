"""Pictures of recorded runs, made of panels; nothing here runs an optimizer."""

from optviz.scene.scene import Scene
from optviz.scene.views import LEARNING_PANELS, PANELS

__all__ = ["LEARNING_PANELS", "PANELS", "Scene"]
