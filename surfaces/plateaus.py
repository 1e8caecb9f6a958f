"""Plateaus: wide parts where the gradient is nearly zero, away from any minimum."""

from __future__ import annotations

from surfaces.surface import Surface

# The four shallow minima around the needle are usually not mentioned.
easom = Surface(
    "easom",
    "-cos(x)*cos(y)*exp(-(x - pi)**2 - (y - pi)**2)",
    family="plateau",
    domain=((-1, 7), (-1, 7)),
    start=(0.5, 6),
    steps=500,
    minima=(
        (3.141592653589793, 3.141592653589793, -1),
        (4.978189856741919, 4.978189856741919, -8.110223891570066e-05),
        (4.978189856741919, 1.3049954504376675, -8.110223891570066e-05),
        (1.3049954504376675, 4.978189856741919, -8.110223891570066e-05),
        (1.3049954504376675, 1.3049954504376675, -8.110223891570066e-05),
    ),
    saddles=(
        (4.71238898038469, 4.71238898038469, 0),
        (4.71238898038469, 1.5707963267948966, 0),
        (1.5707963267948966, 4.71238898038469, 0),
        (1.5707963267948966, 1.5707963267948966, 0),
    ),
    source="Easom 1990; VLSE easom",
    title={"en": "Easom's needle", "zh": "Easom 平原"},
    lesson={
        "en": (
            "On the flat GD and momentum stand still; Adam and RMSProp move at full speed, but "
            "into a false hole 8e-5 deep."
        ),
        "zh": (
            "在平坦处 GD 和动量几乎不动；Adam 和 RMSProp 全速前进，却落入一个只有 8e-5 深的局部极"
            "小值。"
        ),
    },
)

# The minimum is the tip of a tiny cone: the gradient's norm beside it is 0.0353, not 0. The moat is
# a ring of minima (radius 0.6633, value 0.3883), its rim one of maxima: neither is listed.
plateau = Surface(
    "plateau",
    (
        "-sin(sqrt((10*x)**2 + (10*y)**2) + 0.01)/(sqrt((10*x)**2 + (10*y)**2) + 0.01) "
        "+ 0.01*(sqrt((10*x)**2 + (10*y)**2) + 0.01)**2"
    ),
    family="plateau",
    domain=((-2, 2), (-2, 2)),
    start=(1.6, 1.1),
    steps=300,
    minima=((0, 0, -0.9999823334166664),),
    source="lilipads/gradient_descent_viz, its z = y here (plateau)",
    title={"en": "Moat and hole", "zh": "环沟与深洞"},
    lesson={
        "en": (
            "A ring-shaped moat stops GD; momentum and Adam cross its rim and fall into the hole "
            "in the middle."
        ),
        "zh": "环形的沟拦住了 GD；动量（学习率 0.005）和 Adam 能越过沟沿，落入中央的深洞。",
    },
)

# A sigmoid neuron with weight x and bias y, fitted to (2, 0.9), (-2, 0.1) and (1, 0.6).
saturated_neuron = Surface(
    "saturated_neuron",
    (
        "((1/(1 + exp(-(2*x + y))) - 0.9)**2 + (1/(1 + exp(-(y - 2*x))) - 0.1)**2 "
        "+ (1/(1 + exp(-(x + y))) - 0.6)**2)/3"
    ),
    family="plateau",
    domain=((-8, 8), (-8, 8)),
    start=(-6, 6),
    steps=1000,
    minima=((1.1306349290162812, -0.5540907261798672, 0.0021265165227550126),),
    source="made for optviz",
    title={"en": "Saturated neuron", "zh": "饱和的神经元"},
    lesson={
        "en": (
            "A saturated sigmoid hardly has a gradient: GD at lr 0.1 hardly moves, AdaGrad and "
            "Adam rescale it, momentum overshoots."
        ),
        "zh": (
            "sigmoid 饱和时几乎没有梯度：学习率 0.1 的 GD 几乎不动，AdaGrad 和 Adam 重新缩放梯度"
            "后到达，动量则冲到另一片平台区。"
        ),
    },
)

SURFACES = (easom, plateau, saturated_neuron)
