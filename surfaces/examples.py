"""Surfaces that lessons show besides the catalogue; `surfaces.names` does not list them."""

from __future__ import annotations

from surfaces.fit import fit_line
from surfaces.surface import Surface

two_curvatures = Surface(
    "two curvatures",
    "0.5*(x - 2)**2 + 25*(y - 2)**2",
    domain=((-1, 3), (-1, 3)),
    start=(-0.5, 2.6),
    scale="log",
    minima=((2, 2, 0),),
    title={"en": "Two curvatures", "zh": "两种曲率"},
)

five_points = fit_line([0, 1, 2, 3, 4], [1.1, 2.9, 5.2, 6.8, 9.1])

valley = Surface(
    "valley",
    "0.5*x**2 + 20*y**2",
    domain=((-3.5, 3.5), (-3.5, 3.5)),
    start=(-3, -1),
    steps=100,
    scale="log",
    minima=((0, 0, 0),),
    title={"en": "A narrow valley", "zh": "狭窄的山谷"},
)

# The same, turned by 45 degrees.
turned_valley = Surface(
    "turned valley",
    "0.25*(x + y)**2 + 10*(x - y)**2",
    domain=((-3.5, 3.5), (-3.5, 3.5)),
    start=(-1.4, -2.8),
    steps=100,
    scale="log",
    minima=((0, 0, 0),),
    title={"en": "A narrow valley, turned", "zh": "旋转后的狭窄山谷"},
)

# Every point of xy = 1 is a minimum, curved by x^2 + y^2.
two_neurons = Surface(
    "two neurons",
    "(1 - x*y)**2/2",
    domain=((0, 4), (0, 2)),
    start=(3, 0.8),
    scale="log",
    minima=((1, 1, 0),),
    source="one data point and two linear neurons in a row",
    title={"en": "Two linear neurons", "zh": "两个线性神经元"},
)

# Every point of xy = 1 and of xy = -1 is a minimum, curved by 4(x^2 + y^2).
squared_neurons = Surface(
    "squared neurons",
    "(1 - x**2*y**2)**2/2",
    domain=((2.9, 4), (-0.25, 0.85)),
    start=(3.8, 0.3),
    steps=2500,
    scale="log",
    source="Zhu et al. 2023, a minimal example of training at the edge of stability",
    title={"en": "Two squared weights", "zh": "两个平方权重"},
)

# Half the mean of the squared errors of y tanh(x u), and of y x u: inputs 1 and -1/2, targets 1 and
# 0.3.
tanh_network = Surface(
    "tanh network",
    "((y*tanh(x) - 1)**2 + (y*tanh(-x/2) - 0.3)**2)/4",
    domain=((-5, 5), (-5, 5)),
    start=(0.5, 0.5),
    steps=500,
    scale="log",
    source="after Sohl-Dickstein 2024, with two weights",
    title={"en": "A tanh network of two weights", "zh": "两个权重的 tanh 网络"},
)

linear_network = Surface(
    "linear network",
    "((y*x - 1)**2 + (y*(-x/2) - 0.3)**2)/4",
    domain=((-5, 5), (-5, 5)),
    start=(0.5, 0.5),
    steps=500,
    scale="log",
    source="the same without tanh",
    title={"en": "A linear network of two weights", "zh": "两个权重的线性网络"},
)

SURFACES = (
    two_curvatures,
    five_points,
    valley,
    turned_valley,
    two_neurons,
    squared_neurons,
    tanh_network,
    linear_network,
)
