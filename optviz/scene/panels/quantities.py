"""Quantities over the steps that need nothing but their line."""

from __future__ import annotations

from optviz.scene.panels.quantity import Quantity


class BatchLoss(Quantity):
    """The loss on the batch that a network was measured on."""

    name = "loss"
    wide = True


class GradientNorm(Quantity):
    """The norm of the exact gradient."""

    name = "gradnorm"
    wide = True


class StepLength(Quantity):
    """How far each step goes."""

    name = "steplength"
    wide = True


class DistanceFromStart(Quantity):
    """The distance from the start."""

    name = "distance"
