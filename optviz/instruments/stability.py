"""How near the curvature is to the largest at which this optimizer, at this rate, descends."""

from __future__ import annotations

from optviz.instruments.moment import Moment


def stability(moment: Moment) -> float:
    """Rate times curvature as a share of the optimizer's own limit; above 1 a quadratic diverges.

    The limit is `Optimizer.stability_limit`: 2 of gradient descent alone, (2 + 2 beta) of the heavy
    ball, and of Adam one on the Hessian divided by what it divides by (Cohen et al. 2022). nan
    where theory knows none, or where what the optimizer divides by was not recorded.
    """
    rule = moment.optimizer
    limit = None if rule is None or rule.maximize else rule.stability_limit()
    if rule is None or limit is None:
        return float("nan")
    if rule.decoupled_weight_decay:  # the decay alone takes each step back by so much
        limit *= 1 - moment.rate * rule.weight_decay / 2
    return moment.rate * moment.divided_eigenvalue / limit
