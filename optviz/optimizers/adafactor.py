"""Adafactor: Adam's second moment kept as one number a row and one a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, hyper, learning_rate
from optviz.optimizers.ops import (
    column_mean,
    machine_epsilon,
    matmul,
    maximum,
    mean,
    minimum,
    norm,
    row_mean,
    sqrt,
    where,
)


@dataclass(frozen=True)
class Adafactor(Optimizer):
    r"""The mean squared gradient of a matrix from its rows' and its columns' means alone.

    .. math:: R_t = (1 - t^{\gamma}) R_{t-1} + t^{\gamma}\, \text{row means of } G_t^2, \qquad
        C_t \text{ likewise}, \qquad \hat V_t = \frac{R_t C_t}{\text{mean of } R_t}

    .. math:: U_t = \frac{G_t}{\sqrt{\hat V_t}}, \qquad
        \Theta_t = \Theta_{t-1} - \max(\epsilon_2, \text{RMS}(\Theta_{t-1}))\,
        \min\Bigl(\eta, \frac{1}{\sqrt t}\Bigr)
        \frac{U_t}{\max(1, \text{RMS}(U_t) / d)}

    Shazeer & Stern (2018), algorithms 4 and 5, as torch.optim.Adafactor has them. Of a single row
    or column, such as a point of a surface, that is every mean square itself; steps are relative to
    the size of the parameters, so that a descent slows down near the origin.
    :math:`\epsilon_1` keeps the divisions finite; 0 stands for the machine epsilon of the
    parameters' type, as torch's None does.
    """

    lr: Rate = learning_rate(0.01)
    beta2_decay: float = hyper(-0.8, low=-1.0, high=0.0, allowed="(-inf, 0]")
    eps: tuple[float, float] = hyper((0.0, 1e-3), low=1e-12, high=1e-1, log=True)
    d: float = hyper(1.0, low=1.0, high=10.0, allowed="[1, inf)")
    weight_decay: float = decay()
    maximize: bool = False

    decoupled_weight_decay = True
    elementwise = False
    letters: ClassVar = {
        "beta2_decay": r"\gamma", "eps1": r"\epsilon_1", "eps2": r"\epsilon_2", "row_var": "R",
        "col_var": "C", "unit": "U",
    }  # fmt: skip

    def slots(self, zeros: Any) -> Slots:
        return {"row_var": row_mean(zeros), "col_var": column_mean(zeros)}

    def rule(
        self, t: Any, lr: Any, grad: Any, params: Any, row_var: Any, col_var: Any
    ) -> tuple[Any, Slots]:
        eps1, eps2 = self.eps
        eps1 = positive(eps1, grad)
        squared = grad * grad
        row_var = row_var + t**self.beta2_decay * (row_mean(squared) - row_var)
        col_var = col_var + t**self.beta2_decay * (column_mean(squared) - col_var)
        mean_sq = factored(row_var, col_var, eps1)
        unit = grad / sqrt(maximum(mean_sq, eps1 * eps1))
        scale = maximum(eps2, rms(params)) * minimum(lr, 1 / sqrt(t))
        step = -scale * unit / maximum(1.0, rms(unit) / self.d)
        return step, {"row_var": row_var, "col_var": col_var}


def factored(rows: Any, columns: Any, eps1: Any) -> Any:
    """The matrix of these means of rows and of columns; of a single column the former."""
    if 1 in (rows.shape[0], columns.shape[1]):
        return rows if columns.shape[1] == 1 else columns
    return matmul(rows, columns) / maximum(mean(rows), eps1)


def positive(eps1: Any, grad: Any) -> Any:
    """The number itself; where it is 0, the machine epsilon."""
    return where(eps1 <= 0, machine_epsilon(grad), eps1)


def rms(a: Any) -> Any:
    """The root of the mean square."""
    rows, columns = a.shape
    return norm(a) / (rows * columns) ** 0.5
