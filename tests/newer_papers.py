"""Rules since 2011 that torch lacks: their papers written out, and what published packages do.

Each of `PAPERS` is an optimizer of ours and the points that it must pass through on the streams.
Matrix functions are SciPy's.
"""

from __future__ import annotations

import functools

import numpy as np
import prodigyopt
import pytorch_optimizer
import torch
from scipy.linalg import fractional_matrix_power, sqrtm
from streams import gradients_for, hessians_for, start_for

from optviz import optimizers


def newton(ours):
    """Nocedal & Wright (2006), equation 3.30, with Levenberg's damping."""
    theta, unit = start_for(ours), np.eye(2)
    for grad, hessian in zip(gradients_for(ours), hessians_for(ours), strict=True):
        theta = theta - ours.lr * np.linalg.solve(hessian + ours.damping * unit, grad)
        yield theta


def full_adagrad(ours):
    """Duchi, Hazan & Singer (2011), with delta under the root."""
    theta, products = start_for(ours), ours.eps * np.eye(2)
    for grad in gradients_for(ours):
        grad = grad + ours.weight_decay * theta
        products = products + np.outer(grad, grad)
        theta = theta - ours.lr * np.linalg.solve(sqrtm(products), grad)
        yield theta


def shampoo(ours):
    """Gupta, Koren & Singer (2018), algorithm 1, on a column."""
    theta, left, right = start_for(ours)[:, None], ours.eps * np.eye(2), ours.eps * np.eye(1)
    for grad in gradients_for(ours)[:, :, None]:
        grad = grad + ours.weight_decay * theta
        left, right = left + grad @ grad.T, right + grad.T @ grad
        halves = fractional_matrix_power(left, -0.25), fractional_matrix_power(right, -0.25)
        theta = theta - ours.lr * halves[0] @ grad @ halves[1]
        yield theta[:, 0]


def soap(ours):
    """Vyas et al. (2024), algorithms 3 and 4; the first gradient makes the eigenvectors."""
    beta1, beta2 = ours.betas
    theta = start_for(ours)[:, None]
    m, v, left, right = np.zeros((2, 1)), np.zeros((2, 1)), np.zeros((2, 2)), np.zeros((1, 1))
    q_left, q_right = np.eye(2), np.eye(1)
    for s, grad in enumerate(gradients_for(ours)[:, :, None]):
        move = 0
        if s > 0:
            seen = q_left.T @ grad @ q_right
            m = beta1 * m + (1 - beta1) * grad
            v = beta2 * v + (1 - beta2) * seen**2
            m_hat, v_hat = q_left.T @ m @ q_right / (1 - beta1**s), v / (1 - beta2**s)
            eps = ours.eps / np.sqrt(1 - beta2**s)  # their code adds it before the correction
            move = q_left @ (m_hat / (np.sqrt(v_hat) + eps)) @ q_right.T
        theta = theta - ours.lr * (move + ours.weight_decay * theta)
        left = beta2 * left + (1 - beta2) * grad @ grad.T
        right = beta2 * right + (1 - beta2) * grad.T @ grad
        if s == 0:
            q_left = np.linalg.eigh(left)[1][:, ::-1]
        elif s % ours.precondition_frequency == 0:
            q_left, q_right = np.linalg.qr(left @ q_left)[0], np.linalg.qr(right @ q_right)[0]
        yield theta[:, 0]


def sophia(ours):
    """Liu et al. (2023), algorithm 3, with the exact diagonal."""
    (beta1, beta2), theta = ours.betas, start_for(ours)
    m = h = np.zeros(len(theta))
    for t, (grad, hessian) in enumerate(zip(gradients_for(ours), hessians_for(ours), strict=True)):
        m = beta1 * m + (1 - beta1) * grad
        if t % ours.k == 0:
            h = beta2 * h + (1 - beta2) * np.diag(hessian)
        theta = theta - ours.lr * ours.weight_decay * theta
        theta = theta - ours.lr * np.clip(m / np.maximum(ours.gamma * h, ours.eps), -1, 1)
        yield theta


def ademamix(ours):
    """Pagliardini, Ablin & Grangier (2024), algorithm 1 and the schedules of section 3."""
    (beta1, beta2, beta3), theta, total = ours.betas, start_for(ours), ours.warmup
    m1 = m2 = v = np.zeros(len(theta))
    for t, grad in enumerate(gradients_for(ours), 1):
        alpha_t, beta3_t = ours.alpha, beta3
        if total:
            alpha_t = min(t * ours.alpha / total, ours.alpha)
            logs, share = np.log([beta1, beta3]), t / total
            rising = logs.prod() / ((1 - share) * logs[1] + share * logs[0])
            beta3_t = min(np.exp(rising), beta3)
        m1 = beta1 * m1 + (1 - beta1) * grad
        m2 = beta3_t * m2 + (1 - beta3_t) * grad
        v = beta2 * v + (1 - beta2) * grad**2
        m1_hat, v_hat = m1 / (1 - beta1**t), v / (1 - beta2**t)
        move = (m1_hat + alpha_t * m2) / (np.sqrt(v_hat) + ours.eps)
        theta = theta - ours.lr * (move + ours.weight_decay * theta)
        yield theta


def by_package(make, *, column=False):
    """The points of a torch optimizer of a package on the same gradients."""

    @functools.wraps(make)
    def points(ours):
        shape = (-1, 1) if column else (-1,)
        tensor = torch.tensor(start_for(ours)).reshape(shape).requires_grad_()
        runner = make([tensor], ours)
        for grad in gradients_for(ours):
            tensor.grad = torch.tensor(grad).reshape(shape)
            runner.step()
            yield tensor.detach().numpy().ravel().copy()

    return points


@by_package
def prodigy(params, ours):
    """With betas[0] = 0 it multiplies by the next d, where the paper does not: not tried."""
    return prodigyopt.Prodigy(
        params, lr=ours.lr, betas=ours.betas, eps=ours.eps, weight_decay=ours.weight_decay,
        d0=ours.d0, d_coef=ours.d_coef, use_bias_correction=ours.use_bias_correction,
        safeguard_warmup=ours.safeguard_warmup,
    )  # fmt: skip


@by_package
def adan(params, ours):
    return pytorch_optimizer.Adan(
        params, ours.lr, ours.betas, ours.weight_decay, eps=ours.eps, foreach=False
    )


@by_package
def ademamix_package(params, ours):
    return pytorch_optimizer.AdEMAMix(
        params, ours.lr, ours.betas, ours.weight_decay, weight_decouple=True, alpha=ours.alpha,
        t_alpha_beta3=ours.warmup or None, eps=ours.eps, foreach=False,
    )  # fmt: skip


def sophia_package(ours):
    """Its steps are 1/gamma of the paper's, its clip and eps are those of gamma times the ratio."""
    tensor = torch.tensor(start_for(ours)).requires_grad_()
    runner = pytorch_optimizer.SophiaH(
        [tensor], ours.lr / ours.gamma, ours.betas, weight_decay=ours.weight_decay * ours.gamma,
        p=ours.gamma, update_period=10**9, eps=ours.eps / ours.gamma, foreach=False,
    )  # fmt: skip
    for t, (grad, hessian) in enumerate(zip(gradients_for(ours), hessians_for(ours), strict=True)):
        tensor.grad = torch.tensor(grad)
        diagonal = torch.tensor(np.diag(hessian).copy())
        runner.step(hessian=[diagonal] if t % ours.k == 0 else None)
        yield tensor.detach().numpy().copy()


def shampoo_package(params, ours):
    return pytorch_optimizer.Shampoo(
        params, ours.lr, weight_decay=ours.weight_decay, matrix_eps=ours.eps
    )


class _Double:
    """torch, where float32 means float64: the package's SOAP rounds its vectors to float32."""

    float32 = torch.float64

    def __getattr__(self, name):
        return getattr(torch, name)


def soap_package(params, ours):
    pytorch_optimizer.optimizer.soap.torch = _Double()
    return pytorch_optimizer.SOAP(
        params, ours.lr, ours.betas, weight_decay=0.0, eps=ours.eps,
        precondition_frequency=ours.precondition_frequency,
    )  # fmt: skip


_EACH = [
    (newton, optimizers.Newton()),
    (newton, optimizers.Newton(0.1, damping=0.5)),
    (full_adagrad, optimizers.FullAdaGrad()),
    (full_adagrad, optimizers.FullAdaGrad(0.1, eps=1e-2, weight_decay=0.1)),
    (shampoo, optimizers.Shampoo()),
    (shampoo, optimizers.Shampoo(0.01, eps=1e-2, weight_decay=0.1)),
    (by_package(shampoo_package, column=True), optimizers.Shampoo()),
    (by_package(shampoo_package, column=True), optimizers.Shampoo(eps=0.1, weight_decay=0.1)),
    (soap, optimizers.SOAP()),
    (soap, optimizers.SOAP(0.01, (0.9, 0.99), 1e-3, 0.1, 3)),
    (by_package(soap_package, column=True), optimizers.SOAP(weight_decay=0.0)),
    (prodigy, optimizers.Prodigy(0.03)),
    (prodigy, optimizers.Prodigy(0.03, (0.8, 0.99), 1e-4, 0.1, d0=1e-3, d_coef=0.5)),
    (prodigy, optimizers.Prodigy(0.03, use_bias_correction=True)),
    (prodigy, optimizers.Prodigy(0.03, betas=(0.5, 0.9), safeguard_warmup=True)),
    (sophia, optimizers.Sophia(0.01)),
    (sophia, optimizers.Sophia(0.01, (0.8, 0.9), 0.5, 3, 1e-3, 0.1)),
    (sophia_package, optimizers.Sophia(0.01)),
    (sophia_package, optimizers.Sophia(0.01, (0.8, 0.9), 0.5, 3, 1e-3, 0.1)),
    (ademamix, optimizers.AdEMAMix()),
    (ademamix, optimizers.AdEMAMix(0.01, (0.5, 0.9, 0.99), 2.0, 300, 1e-3, 0.1)),
    (ademamix_package, optimizers.AdEMAMix(warmup=700)),
    (ademamix_package, optimizers.AdEMAMix(0.01, (0.5, 0.9, 0.99), 2.0, 0, 1e-3, 0.1)),
    (adan, optimizers.Adan()),
    (adan, optimizers.Adan(0.01, (0.8, 0.7, 0.9), 1e-3, 0.1)),
]  # fmt: skip
PAPERS = {
    f"{ours}, {paper.__name__}": (ours, lambda p=paper, o=ours: p(o)) for paper, ours in _EACH
}
assert len(PAPERS) == len(_EACH)
