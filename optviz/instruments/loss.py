"""The loss."""

from __future__ import annotations

from optviz.instruments.moment import Moment


def loss(moment: Moment) -> float:
    """The loss itself: of a surface its value, of a network that on the batch measured on."""
    return moment.loss
