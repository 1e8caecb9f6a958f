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
            "GD, gentle momentum and Adam settle in the nearer, shallower well; momentum at lr "
            "0.07 flies past both wells."
        ),
        "zh": (
            "GD、小学习率的动量和 Adam 停在较近、较浅的极小值；学习率 0.07 的动量则飞过两个极小值，"
            "冲出画面。"
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
        "zh": "找到弯曲的山谷容易，沿谷底前进却难：GD 步履缓慢，动量和 Adam 能一路走到尽头。",
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
            "一开始梯度极大：GD 要么前进缓慢，要么发散；Adam 久久不能忘记它，α = 0.9 的 RMSProp "
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
    title={"en": "Dixon and Price's fork", "zh": "Dixon-Price 岔谷"},
    lesson={
        "en": (
            "Two equal minima: GD and gentle momentum take the one on their side of the ridge, "
            "faster momentum swings across to the other."
        ),
        "zh": "两个极小值一样低：GD 和小学习率的动量到达山脊这一侧的，大学习率的动量冲到另一侧。",
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
            "Values span six decades: GD, at lr 2e-6, creeps into a poor well and at 1e-4 "
            "diverges; momentum at 2e-6 reaches the best."
        ),
        "zh": (
            "函数值跨越六个数量级：GD 以 2e-6 的学习率陷入较差的局部极小值，以 1e-4 则发散；2e-6 "
            "的动量到达全局最小值。"
        ),
    },
)

SURFACES = (mccormick, rosenbrock, beale, dixon_price, goldstein_price)
