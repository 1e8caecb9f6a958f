"""What is seen: panels draw trajectories; none runs an optimizer."""

from optviz.scene.scene import PANELS, Scene

__all__ = ["PANELS", "Scene"]
