"""What is seen: panels draw runs; none runs an optimizer."""

from optviz.scene.scene import LEARNING_PANELS, PANELS, Scene

__all__ = ["LEARNING_PANELS", "PANELS", "Scene"]
