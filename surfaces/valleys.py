"""Valleys: a descent reaches their floor soon, and then follows it slowly."""

from __future__ import annotations

from surfaces.surface import Surface

# Unbounded below outside the domain: along x = y + 1 it falls like x.
mccormick = Surface(
    "mccormick",
    "sin(x + y) + (x - y)**2 - 1.5*x + 2.5*y + 1",
    family="valley",
    domain=((-1.5, 4), (-3, 4)),
    start=(3.5, 3.5),
    steps=200,
    minima=(
        (-0.5471975511965977, -1.5471975511965979, -1.9132229549810364),
        (2.5943951023931957, 1.5943951023931955, 1.2283696986087569),
    ),
    saddles=((1.5471975511965979, 0.5471975511965977, 1.9132229549810364),),
    source="McCormick 1976; VLSE mccorm",
    title={"en": "McCormick's sheet", "zh": "McCormick 曲面"},
    lesson={
        "en": (
            "GD, gentle momentum and Adam settle in the nearer, shallower well; momentum at "
            "lr 0.05 flies past both wells."
        ),
        "zh": (
            "GD、温和的动量和 Adam 停在较近较浅的坑里；学习率 0.05 的动量则飞过两个坑，冲出画面。"
        ),
    },
)

rosenbrock = Surface(
    "rosenbrock",
    "(1 - x)**2 + 100*(y - x**2)**2",
    family="valley",
    domain=((-2, 2), (-1, 3)),
    start=(-1.2, 1),
    steps=2000,
    scale="log",
    minima=((1, 1, 0),),
    source="Rosenbrock 1960; VLSE rosen",
    title={"en": "Rosenbrock's valley", "zh": "Rosenbrock 山谷"},
    lesson={
        "en": (
            "Finding the curved valley is easy, following it is not: GD crawls, momentum and "
            "Adam run to its end."
        ),
        "zh": "找到弯曲的山谷容易，沿着它走难：GD 缓慢爬行，动量和 Adam 一路走到尽头。",
    },
)

beale = Surface(
    "beale",
    "(1.5 - x + x*y)**2 + (2.25 - x + x*y**2)**2 + (2.625 - x + x*y**3)**2",
    family="valley",
    domain=((-4.5, 4.5), (-4.5, 4.5)),
    start=(-3, -3),
    steps=1000,
    scale="log",
    minima=((3, 0.5, 0),),
    saddles=(
        (0.10053793732415836, -2.644513585023125, 9.86451228475556),
        (0, 1, 14.203125),
    ),
    source="Beale 1958; VLSE beale",
    title={"en": "Beale's valley", "zh": "Beale 山谷"},
    lesson={
        "en": (
            "It begins with one huge gradient: GD crawls or diverges, Adam remembers it for "
            "long, RMSProp at 0.9 forgets and arrives."
        ),
        "zh": (
            "开头是一次巨大的梯度：GD 要么爬行要么发散，Adam 久久不忘，α=0.9 的 RMSProp "
            "很快忘记并到达。"
        ),
    },
)

dixon_price = Surface(
    "dixon_price",
    "(x - 1)**2 + 2*(2*y**2 - x)**2",
    family="valley",
    domain=((-1, 4), (-2, 2)),
    start=(3.5, -0.05),
    steps=300,
    scale="log",
    minima=(
        (1, 0.7071067811865476, 0),
        (1, -0.7071067811865476, 0),
    ),
    saddles=((0.3333333333333333, 0, 0.6666666666666666),),
    source="Dixon and Price 1989; VLSE dixonpr",
    title={"en": "Dixon and Price's fork", "zh": "Dixon-Price 岔路"},
    lesson={
        "en": (
            "From beside the ridge either of two equal minima may be reached: how far "
            "momentum overshoots decides."
        ),
        "zh": "从山脊旁出发，两个同样深的极小值都有可能：最终由动量冲过头多少来决定。",
    },
)

goldstein_price = Surface(
    "goldstein_price",
    (
        "(1 + (x + y + 1)**2*(19 - 14*x + 3*x**2 - 14*y + 6*x*y + 3*y**2))"
        "*(30 + (2*x - 3*y)**2*(18 - 32*x + 12*x**2 + 48*y - 36*x*y + 27*y**2))"
    ),
    family="valley",
    domain=((-2, 2), (-2, 2)),
    start=(1.5, 1.5),
    steps=2000,
    scale="log",
    minima=(
        (0, -1, 3),
        (-0.6, -0.4, 30),
        (1.8, 0.2, 84),
        (1.2, 0.8, 840),
    ),
    saddles=(
        (-0.4, -0.6, 35),
        (1.2, -0.2, 99),
        (1.4, 0.6, 980),
        (0.6, 0.4, 990),
    ),
    source="Goldstein and Price 1971; VLSE goldpr",
    title={"en": "Goldstein and Price's hills", "zh": "Goldstein-Price 丘陵"},
    lesson={
        "en": (
            "Values span six decades: GD must creep at lr 1e-5 into a poor well, momentum at "
            "that lr reaches the best."
        ),
        "zh": (
            "函数值跨越六个数量级：GD 只能用 1e-5 的学习率，陷入较差的坑；"
            "同样学习率的动量到达最好的坑。"
        ),
    },
)

SURFACES = (mccormick, rosenbrock, beale, dixon_price, goldstein_price)
