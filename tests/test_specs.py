"""Specs and schedules: text and object are inverse, and rates are those of torch's schedulers."""

from __future__ import annotations

import contextlib
import dataclasses

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from optviz import optimizers
from optviz.errors import InputError
from optviz.optimizers import parse, schedules
from optviz.optimizers.hyper import Hyper

numbers = st.floats(0, 1, exclude_min=True, exclude_max=True)
counts = st.integers(1, 500)
rates = st.recursive(
    numbers,
    lambda inner: st.one_of(
        st.builds(schedules.Constant, inner, numbers, counts),
        st.builds(schedules.Step, inner, counts, numbers),
        st.builds(schedules.Exponential, inner, numbers),
        st.builds(schedules.Cosine, inner, counts, numbers),
        st.builds(schedules.Warmup, inner, counts, numbers),
    ),
    max_leaves=3,
)


def allowed(field):
    """Values of a hyper-parameter that are allowed."""
    interval = field.metadata["hyper"].allowed
    low, high = (max(-9.0, min(float(end), 9.0)) for end in interval[1:-1].split(","))
    values = st.floats(low, high, exclude_min=interval[0] == "(", exclude_max=interval[-1] == ")")
    if isinstance(field.default, tuple):
        return st.tuples(*[values] * len(field.default))
    return st.integers(int(low), int(high)) if isinstance(field.default, int) else values


@st.composite
def any_optimizer(draw):
    """Any class with any of its settings drawn anew."""
    kind = draw(st.sampled_from(list(optimizers.REGISTRY.values())))
    settings = {}
    for field in dataclasses.fields(kind):
        if not draw(st.booleans()):
            continue
        if field.name == "lr":
            settings["lr"] = draw(rates)
        elif field.name == "etas":
            settings["etas"] = (draw(numbers), 1.01 + draw(numbers))
        elif isinstance(field.default, bool):
            settings[field.name] = draw(st.booleans())
        elif isinstance(field.default, tuple):
            settings[field.name] = tuple(draw(numbers) for _ in field.default)
        elif isinstance(field.default, int):
            settings[field.name] = draw(st.integers(1, 20))
        else:
            settings[field.name] = draw(allowed(field))
    if settings.get("nesterov"):
        settings.pop("dampening", None)
        settings.pop("momentum", None)  # which may not be 0
    return kind(**settings)


@given(any_optimizer())
def test_str_and_parse_are_inverse(optimizer):
    assert parse(str(optimizer)) == optimizer


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("adam", optimizers.Adam()),
        (" Adam : lr = 0.1 , betas = 0.8/0.99 ", optimizers.Adam(0.1, (0.8, 0.99))),
        ("momentum:nesterov=true,lr=1e-3", optimizers.Momentum(0.001, nesterov=True)),
        ("gd:lr=cosine(0.1,200)", optimizers.GD(schedules.Cosine(0.1, 200))),
        (
            "gd:lr=warmup(cosine(0.1,200),10),weight_decay=0.1",
            optimizers.GD(schedules.Warmup(schedules.Cosine(0.1, 200), 10), weight_decay=0.1),
        ),
    ],
)
def test_parse(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("adm", ["optimizer", "'adm'", "'adam'"]),
        ("", ["optimizer"]),
        ("adam:learning_rate=1", ["learning_rate"]),
        ("adam:beta=0.9", ["'betas'"]),
        ("adam:lr", ["name=value"]),
        ("adam:lr=0.1,lr=0.2", ["once"]),
        ("adam:lr=fast", ["lr", "'fast'"]),
        ("adam:lr=-1", ["[0, inf)"]),
        ("adam:lr=nan", ["[0, inf)"]),
        ("adam:betas=0.9", ["betas", "tuple of 2"]),
        ("adam:betas=0.9/1", ["[0, 1)"]),
        ("adam:amsgrad=maybe", ["true or false"]),
        ("gd:lr=cos(0.1)", ["schedule", "'cosine'"]),
        ("gd:lr=cosine()", ["lr"]),
        ("gd:lr=cosine(0.1", ["cosine(lr,T_max,eta_min)"]),
        ("gd:lr=cosine(0.1,2,3,4)", ["cosine(lr,T_max,eta_min)"]),
        ("gd:lr=cosine(0.1,0)", ["T_max"]),
        ("gd:momentum=cosine(0.1,5)", ["momentum"]),
        ("\x00\n", ["optimizer"]),
    ],
)
def test_a_wrong_spec_is_one_clear_line(text, parts):
    with pytest.raises(InputError) as caught:
        parse(text)
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


@pytest.mark.parametrize("before", ["", "adam:", "gd:lr=", "gd:lr=cosine("])
@given(text=st.text(max_size=40))
def test_any_text_is_a_spec_or_an_input_error(before, text):
    with contextlib.suppress(InputError):
        assert isinstance(parse(before + text), optimizers.Optimizer)


TORCH = torch.optim.lr_scheduler
PAIRS = {
    "constant": (
        schedules.Constant(0.2, 0.3, 7),
        lambda o: TORCH.ConstantLR(o, factor=0.3, total_iters=7),
    ),
    "step": (schedules.Step(0.2, 20, 0.5), lambda o: TORCH.StepLR(o, 20, 0.5)),
    "exponential": (schedules.Exponential(0.2, 0.97), lambda o: TORCH.ExponentialLR(o, 0.97)),
    "cosine": (schedules.Cosine(0.2, 90, 0.01), lambda o: TORCH.CosineAnnealingLR(o, 90, 0.01)),
    "warm-up": (
        schedules.Warmup(0.2, 12, 0.1),
        lambda o: TORCH.LinearLR(o, start_factor=0.1, total_iters=12),
    ),
    "warm-up of exponential": (
        schedules.Warmup(schedules.Exponential(0.2, 0.97), 12, 0.1),
        lambda o: TORCH.ChainedScheduler([TORCH.LinearLR(o, 0.1, total_iters=12),
                                          TORCH.ExponentialLR(o, 0.97)]),
    ),
    "warm-up of cosine": (
        schedules.Warmup(schedules.Cosine(0.2, 90), 12, 0.1),
        lambda o: TORCH.ChainedScheduler([TORCH.LinearLR(o, 0.1, total_iters=12),
                                          TORCH.CosineAnnealingLR(o, 90)]),
    ),
    "step of step": (
        schedules.Step(schedules.Step(0.2, 30, 0.5), 20, 0.9),
        lambda o: TORCH.ChainedScheduler([TORCH.StepLR(o, 30, 0.5), TORCH.StepLR(o, 20, 0.9)]),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.filterwarnings("ignore:.*lr_scheduler.step.*")
def test_schedules_equal_torchs(name):
    schedule, build = PAIRS[name]
    runner = torch.optim.SGD([torch.zeros(1, dtype=torch.float64)], lr=0.2)
    scheduler = build(runner)
    for t in range(1, 250):
        assert schedule(t) == pytest.approx(runner.param_groups[0]["lr"], rel=1e-11, abs=1e-14)
        runner.step()
        scheduler.step()


def test_a_schedule_is_what_the_optimizer_uses():
    schedule = schedules.Cosine(0.1, 10)
    optimizer = optimizers.GD(schedule)
    params, state = (1.0, 1.0), optimizer.init((1.0, 1.0))
    for t in range(1, 11):
        step, state = optimizer.update((1.0, 2.0), state, params)
        assert step == (-schedule(t), -2 * schedule(t))
        assert optimizer.rate(t) == schedule(t)


NUMBERS = [
    pytest.param(field, id=f"{kind.__name__}.{field.name}")
    for kind in (*optimizers.REGISTRY.values(), *schedules.SCHEDULES.values())
    for field in dataclasses.fields(kind)
    if not isinstance(field.default, bool)
]


@pytest.mark.parametrize("field", NUMBERS)
def test_a_hyper_parameter_has_a_slider_inside_its_interval(field):
    known: Hyper = field.metadata["hyper"]
    known.check(field.name, known.low)
    known.check(field.name, known.high)
    assert known.low < known.high
    assert not known.log or known.low > 0
