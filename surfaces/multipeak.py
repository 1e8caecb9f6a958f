"""Several wells side by side: which one a descent ends in depends on start, speed and scaling."""

from __future__ import annotations

from surfaces.surface import Surface

three_hump_camel = Surface(
    "three_hump_camel",
    "2*x**2 - 1.05*x**4 + x**6/6 + x*y + y**2",
    family="peaks",
    domain=((-2.5, 2.5), (-2.5, 2.5)),
    start=(2.2, 1.5),
    steps=200,
    scale="log",
    minima=(
        (0, 0, 0),
        (1.7475523458302888, -0.8737761729151444, 0.2986384422368598),
        (-1.7475523458302888, 0.8737761729151444, 0.2986384422368598),
    ),
    saddles=(
        (1.07054229182366, -0.53527114591183, 0.8773615577631402),
        (-1.07054229182366, 0.53527114591183, 0.8773615577631402),
    ),
    source="VLSE camel3",
    title={"en": "Three-hump camel", "zh": "三峰骆驼"},
    lesson={
        "en": (
            "Momentum carries over the hump to the middle well; GD and a careful Adam stay "
            "beside it."
        ),
        "zh": "动量越过驼峰到达中间的全局最小值；GD 和小学习率的 Adam 停在旁边的局部极小值。",
    },
)

six_hump_camel = Surface(
    "six_hump_camel",
    "(4 - 2.1*x**2 + x**4/3)*x**2 + x*y + (-4 + 4*y**2)*y**2",
    family="peaks",
    domain=((-2, 2), (-1.2, 1.2)),
    start=(1.9, 1),
    steps=200,
    minima=(
        (0.08984201310031806, -0.7126564030207396, -1.0316284534898774),
        (-0.08984201310031806, 0.7126564030207396, -1.0316284534898774),
        (1.703606714969981, -0.7960835686726251, -0.21546382438371764),
        (-1.703606714969981, 0.7960835686726251, -0.21546382438371764),
        (1.6071047529201972, 0.5686514548841314, 2.1042503103112584),
        (-1.6071047529201972, -0.5686514548841314, 2.1042503103112584),
    ),
    saddles=(
        (0, 0, 0),
        (1.1092053368047865, -0.7682680925095399, 0.5437186009781851),
        (-1.1092053368047865, 0.7682680925095399, 0.5437186009781851),
        (1.6380679841897785, 0.22867406904439408, 2.2293571975307147),
        (-1.6380679841897785, -0.22867406904439408, 2.2293571975307147),
        (1.2960702671671092, 0.6050843880386585, 2.22947081802986),
    ),
    source="Dixon and Szego 1978; VLSE camel6",
    title={"en": "Six-hump camel", "zh": "六峰骆驼"},
    lesson={
        "en": (
            "Of six wells GD takes the worst; momentum at the same lr rolls on to a better one, "
            "and Adam at a large lr steps into the best."
        ),
        "zh": (
            "六个极小值中 GD 落入最差的一个；学习率相同的动量到达较好的一个，学习率较大的 Adam 到"
            "达最好的一个。"
        ),
    },
)

double_well = Surface(
    "double_well",
    "x**4/4 - x**2/2 + 0.1*x + y**2/2",
    family="peaks",
    domain=((-2, 2), (-2, 2)),
    start=(1.8, 1.5),
    steps=300,
    minima=(
        (-1.0466805318046022, 0, -0.35238607380003645),
        (0.9456492739235914, 0, -0.15263944177378455),
    ),
    saddles=((0.10103125788101082, 0, 0.005025515573820983),),
    source="classical tilted double well",
    title={"en": "Tilted double well", "zh": "倾斜的双势阱"},
    lesson={
        "en": (
            "With enough speed momentum crosses the peak into the deeper well; GD and Adam stay "
            "in the near one."
        ),
        "zh": "速度足够大时，动量能越过中间的峰进入更深的势阱；GD 和 Adam 留在近处的势阱里。",
    },
)

washboard = Surface(
    "washboard",
    "0.05*x**2 + 0.3*(1 - cos(3*x)) + 0.5*y**2",
    family="peaks",
    domain=((-5, 9), (-3, 3)),
    start=(8.4, 2),
    steps=1500,
    minima=(
        (0, 0, 0),
        (2.018976373824326, 0, 0.21145935740129912),
        (-2.018976373824326, 0, 0.21145935740129912),
        (4.0338703733659065, 0, 0.8454266930523423),
        (-4.0338703733659065, 0, 0.8454266930523423),
        (6.0380473375125705, 0, 1.9004348441606078),
        (8.01166350842563, 0, 3.3726577400310496),
    ),
    saddles=(
        (1.087576860218864, 0, 0.6569427021459958),
        (-1.087576860218864, 0, 0.6569427021459958),
        (3.265355800240131, 0, 1.112685511892373),
        (-3.265355800240131, 0, 1.112685511892373),
        (5.452946155900184, 0, 2.0253972393777526),
        (7.6704903195141245, 0, 3.398748452657902),
    ),
    source="tilted-washboard style row of wells; made for optviz",
    title={"en": "Washboard", "zh": "搓衣板"},
    lesson={
        "en": (
            "At one lr the coefficient of momentum decides how many peaks are crossed: 0.6 none, "
            "0.85 three, 0.9 all four."
        ),
        "zh": (
            "学习率不变，动量系数决定能越过几个峰：0.6 一个也越不过，0.85 三个，0.9 四个全部越过。"
        ),
    },
)

himmelblau = Surface(
    "himmelblau",
    "(x**2 + y - 11)**2 + (x + y**2 - 7)**2",
    family="peaks",
    domain=((-6, 6), (-6, 6)),
    start=(-0.3, -0.9),
    steps=200,
    scale="log",
    minima=(
        (3.5844283403304917, -1.8481265269644036, 0),
        (3, 2, 0),
        (-2.805118086952745, 3.131312518250573, 0),
        (-3.779310253377747, -3.2831859912861696, 0),
    ),
    saddles=(
        (3.385154183607021, 0.07385187983774928, 13.31192627040559),
        (0.08667750455539636, 2.884254701174776, 67.71915008752615),
        (-3.0730257507643897, -0.08135304428796751, 104.0151629175581),
        (-0.12796134673068008, -1.9537149802445763, 178.33723920192747),
    ),
    source="Himmelblau 1972",
    title={"en": "Himmelblau's four wells", "zh": "Himmelblau：四个极小值"},
    lesson={
        "en": (
            "From beside the ridge the family decides: GD and momentum end in one minimum, "
            "AdaGrad, RMSProp and Adam in another."
        ),
        "zh": (
            "从山脊旁出发，方法的类别决定去向：GD 和动量到达同一个极小值，AdaGrad、RMSProp 和"
            " Adam 到达另一个。"
        ),
    },
)

branin = Surface(
    "branin",
    "(y - 5.1/(4*pi**2)*x**2 + 5/pi*x - 6)**2 + 10*(1 - 1/(8*pi))*cos(x) + 10",
    family="peaks",
    domain=((-5, 10), (0, 15)),
    start=(2.5, 12),
    steps=300,
    scale="log",
    minima=(
        (9.42477796076938, 2.475, 0.3978873577297383),
        (3.141592653589793, 2.275, 0.3978873577297383),
        (-3.141592653589793, 12.275, 0.3978873577297383),
    ),
    saddles=(
        (6.283185307179586, 1.1, 19.60211264227026),
        (0, 6, 19.60211264227026),
    ),
    source="Branin 1972; VLSE branin",
    title={"en": "Branin's three wells", "zh": "Branin：三个极小值"},
    lesson={
        "en": (
            "Three minima are equally deep: from one start and one lr, momentum ends in another "
            "than GD."
        ),
        "zh": "三个极小值一样低：起点和学习率都相同，动量与 GD 却到达不同的极小值。",
    },
)

styblinski_tang = Surface(
    "styblinski_tang",
    "(x**4 - 16*x**2 + 5*x + y**4 - 16*y**2 + 5*y)/2",
    family="peaks",
    domain=((-5, 5), (-5, 5)),
    start=(4.5, 4),
    steps=200,
    minima=(
        (-2.903534027771177, -2.903534027771177, -78.33233140754282),
        (2.746802770990837, -2.903534027771177, -64.19561235905536),
        (-2.903534027771177, 2.746802770990837, -64.19561235905536),
        (2.746802770990837, 2.746802770990837, -50.05889331056788),
    ),
    saddles=(
        (-2.903534027771177, 0.1567312567803401, -38.97055334471606),
        (0.1567312567803401, -2.903534027771177, -38.97055334471606),
        (2.746802770990837, 0.1567312567803401, -24.833834296228584),
        (0.1567312567803401, 2.746802770990837, -24.833834296228584),
    ),
    source="Styblinski and Tang 1990; VLSE stybtang",
    title={"en": "Styblinski and Tang's four wells", "zh": "Styblinski-Tang：四个极小值"},
    lesson={
        "en": (
            "Momentum crosses the peak only along the coordinate with the larger drop, and so "
            "ends in a mixed well."
        ),
        "zh": "动量只在落差较大的坐标方向上越过了峰，于是停在一个“混合”的极小值。",
    },
)

SURFACES = (
    three_hump_camel,
    six_hump_camel,
    double_well,
    washboard,
    himmelblau,
    branin,
    styblinski_tang,
)
