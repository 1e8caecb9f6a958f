"""Many peaks and wells: where one ends is a matter of start, speed and scaling."""

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
        "zh": "动量越过驼峰到达中间的坑；GD 和谨慎的 Adam 留在旁边的坑里。",
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
            "Of six wells GD takes the worst; a larger momentum step passes on to a better "
            "one, and a still larger one to the best."
        ),
        "zh": "六个坑中 GD 落入最差的；动量步子大一些就到更好的坑，再大一些便到最好的坑。",
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
    title={"en": "Tilted double well", "zh": "倾斜的双坑"},
    lesson={
        "en": (
            "With enough speed momentum crosses the peak into the deeper well; GD and Adam "
            "stay in the near one."
        ),
        "zh": "速度足够时，动量越过山峰进入更深的坑；GD 和 Adam 留在近处的坑里。",
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
            "At one lr the coefficient of momentum decides how many peaks are crossed: 0.8 "
            "none, 0.85 three, 0.9 all four."
        ),
        "zh": "学习率不变，动量系数决定能翻过几个峰：0.8 一个也不行，0.85 三个，0.9 四个全过。",
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
    title={"en": "Himmelblau's four wells", "zh": "Himmelblau 四坑"},
    lesson={
        "en": (
            "From beside the hilltop the family decides: GD and momentum end in one minimum, "
            "AdaGrad, RMSProp and Adam in another."
        ),
        "zh": (
            "从山顶旁出发，方法决定去向：GD 和动量到一个极小值，AdaGrad、RMSProp 和 Adam 到另一个。"
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
    title={"en": "Branin's three wells", "zh": "Branin 三坑"},
    lesson={
        "en": (
            "Three minima are equally deep: from one start and one lr, momentum ends in "
            "another than GD."
        ),
        "zh": "三个极小值一样深：起点和学习率相同，动量与 GD 却到达不同的一个。",
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
    title={"en": "Styblinski and Tang's four wells", "zh": "Styblinski-Tang 四坑"},
    lesson={
        "en": (
            "Momentum crosses the peak only along the coordinate with the larger drop, and so "
            "ends in a mixed well."
        ),
        "zh": "动量只在落差较大的那个坐标上越过山峰，于是停在一个“混合”的坑里。",
    },
)

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
    title={"en": "Rastrigin's lattice", "zh": "Rastrigin 格点"},
    lesson={
        "en": (
            "All five end in the nearest of 121 wells: an optimizer that looks around itself "
            "cannot search a lattice."
        ),
        "zh": "五种方法都停在 121 个坑中最近的一个：只看脚下的优化器无法搜遍整个格点。",
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
            "A larger momentum step gets past more wells; in the cone at the centre the "
            "gradient never fades, and AdaGrad rattles on."
        ),
        "zh": "动量步子越大，越过的坑越多；中心是锥尖，梯度不会减弱，AdaGrad 在那里抖个不停。",
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
            "All roll into the nearest well, a mere 0.0074 above the global minimum: a "
            "gradient cannot see depth."
        ),
        "zh": "都滚入最近的坑，只比全局最小值高 0.0074：梯度看不出深浅。",
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
            "Momentum, and Adam with a larger lr, ride the waves to the global minimum; GD "
            "and RMSProp stop in the first well."
        ),
        "zh": "动量和学习率较大的 Adam 乘浪到达全局最小值；GD 和 RMSProp 停在第一个坑里。",
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
            "Three minima, three outcomes: GD takes the poorest, the adaptive methods a "
            "better one, fast momentum the best."
        ),
        "zh": "三个极小值，三种结局：GD 落入最差的，自适应方法到较好的，快速的动量到最好的。",
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
    title={"en": "Two holes", "zh": "一浅一深两个洞"},
    lesson={
        "en": (
            "The shallow hole catches GD; momentum and Adam get out of it and reach the deep one."
        ),
        "zh": "浅洞困住了 GD；动量和 Adam 能从中脱身，到达深洞。",
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
            "Scaling each coordinate magnifies a small gradient: AdaGrad, RMSProp and Adam "
            "pass the hill on the other side than GD."
        ),
        "zh": (
            "按坐标缩放会放大微小的梯度：AdaGrad、RMSProp 和 Adam 从山丘的另一侧绕行，与 GD 不同。"
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
    title={"en": "Eggholder", "zh": "蛋托"},
    lesson={
        "en": (
            "Rugged and creased: a slightly other lr or optimizer ends in quite another well, "
            "and none in the best."
        ),
        "zh": "崎岖而多折痕：学习率或优化器稍有不同，结局就大不一样，而且谁也到不了最好的坑。",
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
    rastrigin,
    ackley,
    griewank,
    levy,
    peaks,
    local_minimum,
    hills,
    eggholder,
)
