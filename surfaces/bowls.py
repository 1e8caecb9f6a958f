"""Bowls: one minimum; the curvature decides which rates and methods reach it quickly."""

from __future__ import annotations

from surfaces.surface import Surface

sphere = Surface(
    "sphere",
    "x**2 + y**2",
    family="bowl",
    domain=((-5, 5), (-5, 5)),
    start=(4, -3),
    steps=100,
    minima=((0, 0, 0),),
    source="De Jong 1975; VLSE spheref",
    title={"en": "Round bowl", "zh": "圆形碗"},
    lesson={
        "en": (
            "Downhill points at the minimum everywhere: GD goes straight there, at lr 0.5 "
            "exactly in a single step; above lr 1 it diverges."
        ),
        "zh": (
            "每一点的负梯度都指向极小值点：GD 沿直线前进，学习率恰好为 0.5 时一步到位，超过 1 则"
            "发散。"
        ),
    },
)

ellipse = Surface(
    "ellipse",
    "0.1*x**2 + 2*y**2",
    family="bowl",
    domain=((-6, 6), (-3, 3)),
    start=(-5, -2),
    steps=60,
    minima=((0, 0, 0),),
    source="Dive into Deep Learning (Zhang et al. 2023), section 12.6 Momentum",
    title={"en": "Long bowl", "zh": "椭圆碗"},
    lesson={
        "en": (
            "Steep across, flat along: GD zigzags and at lr 0.7 diverges, where momentum at the "
            "same lr still arrives."
        ),
        "zh": (
            "一个方向陡，一个方向缓：GD 呈锯齿形振荡，学习率为 0.7 时发散；而动量在同样的学习率下"
            "仍能收敛。"
        ),
    },
)

rotated_ellipse = Surface(
    "rotated_ellipse",
    "0.1*(x + y)**2 + 2*(x - y)**2",
    family="bowl",
    domain=((-6, 6), (-6, 6)),
    start=(-3.5, -1.5),
    steps=200,
    scale="log",
    minima=((0, 0, 0),),
    source="Dive into Deep Learning (Zhang et al. 2023), section 12.7 AdaGrad, exercise",
    title={"en": "Turned bowl", "zh": "旋转的椭圆碗"},
    lesson={
        "en": (
            "The same bowl turned by 45 degrees: AdaGrad and Adam scale coordinates and lose "
            "their advantage, momentum does not notice."
        ),
        "zh": (
            "同样的碗旋转 45 度：AdaGrad 和 Adam 按坐标缩放，优势消失；动量的路径只是随之旋转，别"
            "无变化。"
        ),
    },
)

booth = Surface(
    "booth",
    "(x + 2*y - 7)**2 + (2*x + y - 5)**2",
    family="bowl",
    domain=((-10, 10), (-10, 10)),
    start=(-6, 4),
    steps=200,
    scale="log",
    minima=((1, 3, 0),),
    source="VLSE booth",
    title={"en": "Booth's bowl", "zh": "Booth 碗"},
    lesson={
        "en": (
            "The steepest curvature, 18, sets the limit of lr: below 2/18 = 0.111 GD converges, "
            "above it diverges."
        ),
        "zh": "最大曲率 18 决定了学习率的上限：低于 2/18 = 0.111 时 GD 收敛，高于它则发散。",
    },
)

matyas = Surface(
    "matyas",
    "0.26*(x**2 + y**2) - 0.48*x*y",
    family="bowl",
    domain=((-10, 10), (-10, 10)),
    start=(9, -4),
    steps=300,
    scale="log",
    minima=((0, 0, 0),),
    source="VLSE matya",
    title={"en": "Matyas' valley", "zh": "Matyas 浅谷"},
    lesson={
        "en": (
            "A long shallow valley on the diagonal: to the last 0.1 % momentum at the same lr "
            "needs less than half of GD's steps."
        ),
        "zh": "沿对角线的狭长浅谷：学习率相同，下降量只剩 0.1 % 时，动量所需步数不到 GD 的一半。",
    },
)

bohachevsky = Surface(
    "bohachevsky",
    "x**2 + 2*y**2 - 0.3*cos(3*pi*x) - 0.4*cos(4*pi*y) + 0.7",
    family="bowl",
    domain=((-5, 5), (-5, 5)),
    start=(-4, 3),
    steps=200,
    minima=((0, 0, 0),),
    saddles=(
        (0.3607081555517536, 0, 0.7201809112284155),
        (-0.3607081555517536, 0, 0.7201809112284155),
        (0, 0.2670404674810485, 0.9334852966930434),
        (0, -0.2670404674810485, 0.9334852966930434),
        (0.3607081555517536, 0.46952754566849225, 1.1900633261498115),
        (0.3607081555517536, -0.46952754566849225, 1.1900633261498115),
    ),
    source="Bohachevsky, Johnson and Stein 1986; VLSE boha1",
    title={"en": "Rippled bowl", "zh": "波纹碗"},
    lesson={
        "en": (
            "The floor is rippled: GD stays in the first ripple that it meets, momentum and Adam "
            "roll on and end lower."
        ),
        "zh": "碗底有波纹：GD 停在最先遇到的局部极小值，动量和 Adam 则继续滚向更低处。",
    },
)

# Condition number: 2.75 at the minimum, about 2 on the rim.
ecliptic_bowl = Surface(
    "ecliptic_bowl",
    "-exp(-((x/2)**2 + 5*(y/2)**2)) + (x/2)**2 + 0.5*(y/2)**2",
    family="bowl",
    domain=((-2, 2), (-2, 2)),
    start=(1.9, 1.6),
    steps=100,
    minima=((0, 0, -1),),
    source="lilipads/gradient_descent_viz, its z = y here (ecliptic_bowl)",
    title={"en": "Bowl in a bowl", "zh": "碗中之碗"},
    lesson={
        "en": (
            "The core is more curved than the rim: lr 1 is right outside, and inside it bounces "
            "for ever."
        ),
        "zh": "中心的曲率比外圈大：学习率 1 在外圈合适，进入狭窄的中心后却会一直振荡。",
    },
)

# The formula of `sphere` in the window of lilipads.
global_minimum = Surface(
    "global_minimum",
    "x**2 + y**2",
    family="bowl",
    domain=((-2, 2), (-2, 2)),
    start=(1.7, 0.7),
    steps=300,
    minima=((0, 0, 0),),
    source="lilipads/gradient_descent_viz, its z = y here (global_minimum)",
    title={"en": "Plain bowl", "zh": "普通的碗"},
    lesson={
        "en": (
            "AdaGrad's sum of squared gradients only grows, so its steps only shrink: at lr 0.01 "
            "it comes less than a third of the way, at 0.5 it arrives."
        ),
        "zh": (
            "AdaGrad 的梯度平方和只增不减，步长只会缩小：学习率 0.01 时走了不到三分之一的路程，"
            "0.5 时能够到达。"
        ),
    },
)

SURFACES = (
    sphere,
    ellipse,
    rotated_ellipse,
    booth,
    matyas,
    bohachevsky,
    ecliptic_bowl,
    global_minimum,
)
