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
    title={"en": "Round bowl", "zh": "圆碗"},
    lesson={
        "en": (
            "Every gradient points at the minimum: GD goes straight there, in a single step "
            "at lr 0.5, and above lr 1 it diverges."
        ),
        "zh": "每一点的梯度都指向最小值：GD 直奔而去，学习率为 0.5 时一步到位，超过 1 则发散。",
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
            "Steep across, flat along: GD zigzags and at lr 0.6 diverges, where momentum 0.5 "
            "at the same lr still arrives."
        ),
        "zh": (
            "横向陡、纵向缓：GD 来回震荡，学习率 0.6 时发散；而动量系数 0.5 "
            "在同样的学习率下仍能收敛。"
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
            "同样的碗旋转 45 度：AdaGrad 和 Adam 按坐标缩放，优势不再；"
            "动量只是走了旋转后的同一条路。"
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
            "The steepest curvature sets the limit of lr: GD is quick at 0.1 and diverges "
            "just above 0.111."
        ),
        "zh": "最陡方向的曲率决定学习率的上限：GD 在 0.1 时很快，略超过 0.111 就发散。",
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
            "A long shallow valley on the diagonal: momentum at the same lr needs a third of "
            "GD's steps."
        ),
        "zh": "沿对角线的一条又长又浅的山谷：学习率相同时，动量只需 GD 三分之一的步数。",
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
            "The floor is rippled: GD stays in the first ripple that it meets, momentum and "
            "Adam roll on to the bottom."
        ),
        "zh": "碗底有波纹：GD 停在遇到的第一道波纹里，动量和 Adam 则一直滚到最低点。",
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
            "The core is more curved than the rim: lr 0.8 is right outside, and inside it "
            "bounces for ever."
        ),
        "zh": "中心比边缘更弯：学习率 0.8 在外圈合适，到了狭窄的中心却永远来回弹跳。",
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
            "AdaGrad's sum of squared gradients only grows, its steps only shrink: with a "
            "small lr it stalls half way."
        ),
        "zh": "AdaGrad 累积的梯度平方只增不减，步长越来越小：学习率小时半路就停滞了。",
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
