"""Saddles: stationary points that are not minima, where a descent lingers."""

from __future__ import annotations

from surfaces.surface import Surface

# Unbounded below along y.
hyperbolic_saddle = Surface(
    "hyperbolic_saddle",
    "x**2 - y**2",
    family="saddle",
    domain=((-2, 2), (-2, 2)),
    start=(1.5, 0.001),
    steps=100,
    saddles=((0, 0, 0),),
    source="classical",
    title={"en": "Saddle", "zh": "马鞍面"},
    lesson={
        "en": (
            "GD lingers at the saddle point, momentum and Adam leave early; with no minimum "
            "below, every path runs away."
        ),
        "zh": (
            "GD 在鞍点附近徘徊，动量和 Adam 早早离开；函数没有极小值，所有路径最终都会跑向无穷远。"
        ),
    },
)

# Unbounded below; the Hessian at the saddle is zero.
monkey_saddle = Surface(
    "monkey_saddle",
    "x**3 - 3*x*y**2",
    family="saddle",
    domain=((-1.5, 1.5), (-1.5, 1.5)),
    start=(1.2, 0.01),
    steps=100,
    saddles=((0, 0, 0),),
    source="Hilbert and Cohn-Vossen 1932",
    title={"en": "Monkey saddle", "zh": "猴鞍面"},
    lesson={
        "en": (
            "Near this saddle the gradient is as small as the distance squared: GD waits long, "
            "Adam keeps its pace."
        ),
        "zh": "越靠近这个鞍点，梯度越小（与距离的平方成正比）：GD 要等很久，Adam 的步长几乎不变。",
    },
)

saddle_escape = Surface(
    "saddle_escape",
    "x**2/2 + y**4/4 - y**2/2",
    family="saddle",
    domain=((-2, 2), (-2, 2)),
    start=(-1.8, 0.001),
    steps=300,
    minima=(
        (0, 1, -0.25),
        (0, -1, -0.25),
    ),
    saddles=((0, 0, 0),),
    source="classical double well, a strict saddle in the sense of Lee et al. 2016",
    title={"en": "Saddle between two wells", "zh": "双势阱间的鞍点"},
    lesson={
        "en": (
            "Just here, 0.001 beside the ridge, all get away from the saddle point, but GD takes "
            "more than twice the steps of momentum or Adam."
        ),
        "zh": (
            "起点恰好离山脊仅 0.001 时，各方法都能逃离鞍点，但 GD 所需步数是动量或 Adam 的两倍以"
            "上。"
        ),
    },
)

# Falls again beyond x = pi/2, to the next minimum at 3 pi/2 outside the domain.
saddle_point = Surface(
    "saddle_point",
    "sin(x) + y**2",
    family="saddle",
    domain=((-2, 2), (-2, 2)),
    start=(1.5, 1.5),
    steps=300,
    minima=((-1.5707963267948966, 0, -1),),
    saddles=((1.5707963267948966, 0, 1),),
    source="lilipads/gradient_descent_viz, its z = y here (saddle_point)",
    title={"en": "Beside a saddle", "zh": "鞍点旁边"},
    lesson={
        "en": (
            "Beside the saddle point the gradient along x is tiny: after 300 steps GD is still "
            "on its way, momentum and Adam are long there."
        ),
        "zh": "鞍点旁沿 x 方向的梯度极小：300 步后 GD 仍在途中，动量和 Adam 早已到达。",
    },
)

SURFACES = (hyperbolic_saddle, monkey_saddle, saddle_escape, saddle_point)
