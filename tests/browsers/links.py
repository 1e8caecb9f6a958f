"""Links as Hypothesis makes them, and what each says of the state."""

from __future__ import annotations

from urllib.parse import urlencode

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

COUNT = 12

number = st.integers(-20, 20).map(lambda n: n / 8)  # written alike in every language
points = st.lists(st.tuples(number, number).map(list), min_size=1, max_size=3)
windows = st.tuples(number, number).map(lambda p: [p[0] - 1, p[0] + 1, p[1] - 2, p[1] + 2])
views = st.lists(
    st.sampled_from(["loss", "gradient", "profile", "sweep", "relief", "anatomy"]), unique=True
)
specs = st.sampled_from([
    "gd:lr=0.01", "momentum:lr=0.02,momentum=0.5", "adam:lr=cosine(0.5,40,0)", "-adagrad:lr=0.5",
    "rprop:lr=0.1", "nadam:lr=0.25,betas=0.5/0.75",
])  # fmt: skip

# A link's key: the field of the state, and its values. Some are read back as they are written.
FIELDS = {
    "n": ("steps", st.integers(10, 90)),
    "k": ("at", st.integers(0, 10)),
    "noise": ("noise", st.sampled_from([0.25, 2])),
    "start": ("starts", points),
    "w": ("window", windows),
    "cam": ("camera", st.tuples(number, number).map(list)),
    "colour": ("colouring", st.just("minimum")),
    "lang": ("language", st.just("zh")),
    "theme": ("theme", st.sampled_from(["light", "dark", "print"])),
    "speed": ("speed", st.sampled_from([0.5, 5])),
    "letters": ("letters", st.just("large")),
}
SURFACES = st.one_of(
    st.sampled_from(["beale", "booth", "rosenbrock"]).map(lambda name: {"s": name}),
    st.sampled_from(["x^2 + 3 sin(y)", "exp(-x²) - y/4"]).map(lambda f: {"f": f, "d": "-4,4,-3,3"}),
    st.sampled_from(["gd-zigzags", "two-momenta"]).map(lambda name: {"lesson": name}),
    st.just({}),
)


@st.composite
def hashes(draw):
    """A hash, and the fields of the state that it names with their values."""
    words = dict(draw(SURFACES))
    named = {"surface": words["s"]} if "s" in words else {}
    for key, (field, values) in FIELDS.items():
        if draw(st.booleans()):
            named[field] = draw(values)
            words[key] = written(named[field])
    if "noise" in words:
        words["seed"] = named["seed"] = draw(st.integers(1, 99))
    if draw(st.booleans()):
        words["o"] = ";".join(draw(st.lists(specs, min_size=1, max_size=5)))
    if draw(st.booleans()):
        words["v"] = ",".join(draw(views))
    return f"#{urlencode(words)}", named


def written(value):
    """A number, a point or several points, as a link has them."""
    if not isinstance(value, list):
        return str(value)
    return (";" if isinstance(value[0], list) else ",").join(map(written, value))


def links():
    """The same ones each time."""
    found = []

    @settings(max_examples=COUNT, database=None, derandomize=True, phases=[Phase.generate],
              deadline=None, suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(hashes())
    def collect(link):
        found.append(link)

    collect()
    return found
