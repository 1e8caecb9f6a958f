"""Waves and hills: many wells, made of sines, cosines and Gaussian bumps."""

from __future__ import annotations

from surfaces.surface import Surface

# Of 121 minima only the global one is listed.
rastrigin = Surface(
    "rastrigin",
    "20 + x**2 - 10*cos(2*pi*x) + y**2 - 10*cos(2*pi*y)",
    family="peaks",
    domain=((-5.12, 5.12), (-5.12, 5.12)),
    start=(3.6, -2.7),
    steps=300,
    minima=((0, 0, 0),),
    saddles=(
        (0, 0.5025460365546747, 20.251272990990113),
        (0, -0.5025460365546747, 20.251272990990113),
        (0.5025460365546747, 0, 20.251272990990113),
        (-0.5025460365546747, 0, 20.251272990990113),
        (0.9949586376523348, 0.5025460365546747, 21.246232048083403),
        (0.9949586376523348, -0.5025460365546747, 21.246232048083403),
    ),
    source="Rastrigin 1974; VLSE rastr",
    title={"en": "Rastrigin's lattice", "zh": "Rastrigin 点阵"},
    lesson={
        "en": (
            "All five end in the nearest of 121 wells: an optimizer that looks around itself "
            "cannot search a lattice."
        ),
        "zh": "五种方法都停在 121 个极小值中最近的一个：只看局部梯度的优化器无法搜遍整个点阵。",
    },
)

# The minimum is the tip of a cone: next to it the gradient's norm tends to 2 sqrt(2). Of 121 minima
# only the global one is listed.
ackley = Surface(
    "ackley",
    "-20*exp(-0.2*sqrt((x**2 + y**2)/2)) - exp((cos(2*pi*x) + cos(2*pi*y))/2) + 20 + e",
    family="peaks",
    domain=((-5, 5), (-5, 5)),
    start=(-3.4, 2.6),
    steps=300,
    minima=((0, 0, 0),),
    saddles=(
        (0.6257806168564638, 0, 3.2524692451131805),
        (0, 0.6257806168564638, 3.2524692451131805),
        (0, -0.6257806168564638, 3.2524692451131805),
        (-0.6257806168564638, 0, 3.2524692451131805),
        (0.8747620388753442, 0.5774125352782147, 4.5587771352999855),
        (0.8747620388753442, -0.5774125352782147, 4.5587771352999855),
    ),
    source="Ackley 1987; VLSE ackley",
    title={"en": "Ackley's cone", "zh": "Ackley 锥面"},
    lesson={
        "en": (
            "Small steps stay in the first well; AdaGrad's large first ones leap out, and in the "
            "cone, where the gradient never fades, it rattles on."
        ),
        "zh": (
            "步长小就困在最初的局部极小值；AdaGrad 起步的大步长能跳出去，但在中央的锥尖处梯度不会"
            "减小，它便振荡不止。"
        ),
    },
)

griewank = Surface(
    "griewank",
    "(x**2 + y**2)/4000 - cos(x)*cos(y/sqrt(2)) + 1",
    family="peaks",
    domain=((-8, 8), (-8, 8)),
    start=(1.7, 2.2),
    steps=300,
    minima=(
        (0, 0, 0),
        (3.1400226338955397, 4.438444480920714, 0.007396040334115082),
        (3.1400226338955397, -4.438444480920714, 0.007396040334115082),
        (-3.1400226338955397, 4.438444480920714, 0.007396040334115082),
        (-3.1400226338955397, -4.438444480920714, 0.007396040334115082),
        (6.280045279379904, 0, 0.009864672061006214),
        (-6.280045279379904, 0, 0.009864672061006214),
    ),
    saddles=(
        (1.5723679104393218, 2.2225533025787545, 1.001851785452283),
        (1.5723679104393218, -2.2225533025787545, 1.001851785452283),
        (-1.5723679104393218, 2.2225533025787545, 1.001851785452283),
        (-1.5723679104393218, -2.2225533025787545, 1.001851785452283),
        (4.710820534479318, 2.2181104087569534, 1.0067816553099955),
        (4.710820534479318, -2.2181104087569534, 1.0067816553099955),
    ),
    source="Griewank 1981; VLSE griewank",
    title={"en": "Griewank's waves", "zh": "Griewank 波浪"},
    lesson={
        "en": (
            "All roll into the nearest well, a mere 0.0074 above the global minimum: a gradient "
            "cannot see depth."
        ),
        "zh": "各方法都落入最近的局部极小值，它只比全局最小值高 0.0074：梯度看不出深浅。",
    },
)

# The form of VLSE; SciPy's Levy03 is another function.
levy = Surface(
    "levy",
    (
        "sin(pi*(x + 3)/4)**2 + ((x - 1)/4)**2*(1 + 10*sin(pi*(x + 3)/4 + 1)**2) "
        "+ ((y - 1)/4)**2*(1 + sin(pi*(y + 3)/2)**2)"
    ),
    family="peaks",
    domain=((-10, 10), (-10, 10)),
    start=(5.3, -3.75),
    steps=400,
    scale="log",
    minima=((1, 1, 0),),
    saddles=(
        (1, 4.256662218677807, 1.2237006012831848),
        (1, -2.256662218677807, 1.2237006012831848),
        (2.7688604518537936, 1, 2.076116755809091),
        (3.79108219045051, -2.256662218677807, 2.3841538119570966),
        (3.79108219045051, 4.256662218677807, 2.3841538119570966),
        (2.7688604518537936, 4.890649608461714, 3.049828351385941),
    ),
    source="Levy and Montalvo 1985; VLSE levy, d = 2",
    title={"en": "Lévy's waves", "zh": "Lévy 波浪"},
    lesson={
        "en": (
            "Momentum, and Adam with a larger lr, ride the waves to the global minimum; GD and "
            "RMSProp stop in the first well."
        ),
        "zh": (
            "动量和学习率较大的 Adam 能越过波浪到达全局最小值；GD 和 RMSProp 停在最先遇到的局部极"
            "小值。"
        ),
    },
)

peaks = Surface(
    "peaks",
    (
        "3*(1 - x)**2*exp(-x**2 - (y + 1)**2) - 10*(x/5 - x**3 - y**5)*exp(-x**2 - y**2) "
        "- exp(-(x + 1)**2 - y**2)/3"
    ),
    family="peaks",
    domain=((-3, 3), (-3, 3)),
    start=(-0.1, 1.4),
    steps=300,
    minima=(
        (0.22827892055636909, -1.6255349574999964, -6.551133332835837),
        (-1.3473962443682108, 0.20451886609700518, -3.04984940280026),
        (0.2964455538468321, 0.32019624766683435, -0.06493586825552689),
    ),
    saddles=(
        (0.4163233216785082, -0.3941450984024246, 0.4085479245941372),
        (-0.2659375568372457, 0.4667399937262694, 0.7882934626789642),
        (1.0982728343350927, 0.8544609795247524, 2.2491916615269307),
    ),
    source="MATLAB peaks (MathWorks)",
    title={"en": "Peaks", "zh": "群峰"},
    lesson={
        "en": (
            "Momentum at GD's own lr rolls on into the deepest of three wells; GD and the "
            "adaptive methods stop in the nearest, the shallowest."
        ),
        "zh": (
            "学习率与 GD 相同的动量滚入三个极小值中最低的一个；GD 和自适应方法停在最近也最浅的一"
            "个。"
        ),
    },
)

local_minimum = Surface(
    "local_minimum",
    (
        "-2*exp(-((x - 1)**2 + (1.4*y)**2)/0.2) - 6*exp(-((x + 1)**2 + (1.4*y)**2)/0.2) + x**2 "
        "+ (1.4*y)**2"
    ),
    family="peaks",
    domain=((-2, 2), (-2, 2)),
    start=(1.5, 1.5),
    steps=300,
    minima=(
        (-0.9675774464554597, 0, -5.032339968658435),
        (0.9053178606008483, 0, -1.0927320384810153),
    ),
    saddles=((0.12025036405942183, 0, -0.03856400986031282),),
    source="lilipads/gradient_descent_viz, its z = y here (local_minimum)",
    title={"en": "Two holes", "zh": "一浅一深两个极小值"},
    lesson={
        "en": "The shallow hole catches GD; momentum and Adam run past it and reach the deep one.",
        "zh": "较浅的局部极小值困住了 GD；动量和 Adam 能冲过去，到达更深的一个。",
    },
)

hills = Surface(
    "hills",
    (
        "2*exp(-((x - 1)**2 + (1.4*y)**2)/0.2) + 6*exp(-((x + 1)**2 + (1.4*y)**2)/0.2) "
        "- 2*exp(-((x - 1)**2 + ((1.4*y) + 1)**2)/0.2) + x**2 + (1.4*y)**2"
    ),
    family="peaks",
    domain=((-2, 2), (-2, 2)),
    start=(1.9, 0.1),
    steps=300,
    minima=(
        (0.9003065222993073, -0.6534011583039486, -0.1588086100344146),
        (0.04150712569956181, -0.0006403776376543042, 0.04828496079613093),
    ),
    saddles=(
        (0.4582929737230109, -0.44998075616155375, 0.43776865189343134),
        (1.4852458636525214, 0.0065611916934556124, 2.8182018464271112),
        (-1.71027297234088, 3.829141752254398e-18, 3.4066155215177796),
    ),
    source="lilipads/gradient_descent_viz, its z = y here (hills)",
    title={"en": "Hills", "zh": "山丘"},
    lesson={
        "en": (
            "Scaling each coordinate magnifies a small gradient: AdaGrad, RMSProp and Adam pass "
            "the hill on the other side than GD."
        ),
        "zh": (
            "按坐标缩放会放大微小的梯度：AdaGrad、RMSProp 和 Adam 从山丘的另一侧绕过，与 GD 不同。"
        ),
    },
)

# Creases (x - y = 47 and x/2 + y = -47) have an infinite gradient. The minimum listed is the lowest
# in the interior; the box's lowest point, -959.64, lies on its edge. Unbounded below outside.
eggholder = Surface(
    "eggholder",
    "-(y + 47)*sin(sqrt(abs(x/2 + y + 47))) - x*sin(sqrt(abs(x - y - 47)))",
    family="peaks",
    domain=((-512, 512), (-512, 512)),
    start=(200, 150),
    steps=500,
    minima=((482.3533104647884, 432.87899894548343, -956.9182316246655),),
    saddles=(
        (479.3950205636387, 11.907321063195587, -418.738850023462),
        (-14.484639962482957, 381.9415909142368, -414.4689701581462),
        (392.15131001975925, -74.08572678809045, -380.18890835720845),
        (-448.0643088331564, 61.81127572834397, -342.6569398461967),
        (-197.7457298096381, 473.15944528319784, -320.3577774443989),
        (-334.73081626709603, -79.58185836834939, -300.35187185713335),
    ),
    source="Whitley et al. 1996; VLSE egg",
    title={"en": "Eggholder", "zh": "蛋托面"},
    lesson={
        "en": (
            "Rugged and creased: a slightly other lr or optimizer ends in quite another well, "
            "and none in the best."
        ),
        "zh": (
            "地形崎岖、布满折痕：学习率或优化器稍有不同，结果就大不相同，而且都到不了全局最小值。"
        ),
    },
)

SURFACES = (
    rastrigin,
    ackley,
    griewank,
    levy,
    peaks,
    local_minimum,
    hills,
    eggholder,
)
