"""The names of a rule in mathematics, in parts that a printer of LaTeX or MathML puts together."""

from __future__ import annotations

from dataclasses import dataclass

from optviz.optimizers import REGISTRY
from optviz.translate.expressions import Name

# The papers' letters for torch's names; a class may bring more (`Optimizer.letters`), and
# any other name is written as it is.
LETTERS = {
    "grad": "g_t", "transformed": r"\tilde{g}_t", "lr": r"\eta", "t": "t",
    "params": r"\theta_{t-1}", "step": r"\Delta\theta",
    # slots
    "exp_avg": "m", "exp_avg_sq": "v", "max_exp_avg_sq": r"v^{max}", "square_avg": "v",
    "grad_avg": r"\bar{g}", "momentum_buffer": "b", "sum": "G", "acc_delta": "u", "exp_inf": "u",
    "prev": "p", "slow": r"\phi", "z": "z", "hessian": "H", "x": "X",
    "step_size": r"\delta", "mu_product": "M",
    # hyper-parameters
    "beta1": r"\beta_1", "beta2": r"\beta_2", "nu1": r"\nu_1", "nu2": r"\nu_2", "nu": r"\nu",
    "weight_decay": r"\lambda", "alpha": r"\alpha", "eps": r"\epsilon", "momentum": r"\mu",
    "dampening": r"\tau",
    "rho": r"\rho", "beta": r"\beta", "damping": r"\lambda", "lr_decay": r"\kappa",
    "momentum_decay": r"\psi", "shorter": r"\eta^-", "longer": r"\eta^+",
    "smallest": r"\delta_{min}", "largest": r"\delta_{max}",
    # what rules compute on the way
    "share": "c", "direction": "d", "mixed": "d", "scaled": r"\hat{g}", "variance": r"\sigma^2",
    "mu": r"\mu", "mu_next": r"\mu_{+}",
    "corrected": r"\hat{m}", "mean": r"\hat{m}", "mean_sq": r"\hat{v}", "delta": r"\Delta",
    "longest": r"\rho_\infty", "length": r"\rho_t", "rho_inf": r"\tilde{\rho}_\infty",
    "rectification": "r", "adaptive": "l", "scale": "c", "same": "q",
}  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A letter as its author wrote it in LaTeX, such as ``\\hat{v}`` or ``\\eta^-``."""

    latex: str


@dataclass(frozen=True)
class Word:
    """A word, or several with spaces between them, in upright type."""

    text: str


@dataclass(frozen=True)
class Symbol:
    """A name at one moment.

    Attributes
    ----------
    base : Letter or Word
    moment : str
        The subscript of a slot: ``"t-1"`` before its renewal, ``"t"`` after; else empty.
    primes : int
        How often a name that is no slot has been given a new value.
    """

    base: Letter | Word
    moment: str = ""
    primes: int = 0


def symbol(name: Name) -> Symbol:
    """A name of the rule's in mathematics."""
    if name.slot:
        return Symbol(base_of(name.text), moment="t" if name.primes else "t-1")
    return Symbol(base_of(name.text), primes=name.primes)


def base_of(name: str) -> Letter | Word:
    """The letter of a name of torch's, or of one that a class brings a letter for; else a word."""
    for letters in (LETTERS, *(kind.letters for kind in REGISTRY.so_far.values())):
        if name in letters:
            return Letter(letters[name])
    return Word(name.replace("_", " "))
