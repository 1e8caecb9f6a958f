"""The published data sets: their files, mirrors and checksums, and recognition by content."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from optviz.words import say

Bytes = np.ndarray[Any, np.dtype[np.uint8]]
Parts = tuple[str | None, ...]  # of each of the four arrays, the set that it belongs to

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte",
         "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")  # fmt: skip
PARTS = ("training images", "training labels", "test images", "test labels")  # what they hold
SIZES = (60_000, 10_000)  # images to train on and for the test, in either set

MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "fashion": ("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
}

# SHA-256 of the .gz files in the order of FILES. MNIST's were computed from the files themselves;
# both sets stand in tensorflow/datasets, url_checksums/mnist.txt and fashion_mnist.txt.
CHECKSUMS = {
    "mnist": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
    "fashion": (
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
}

# SHA-256 of the unpacked files, in the same order: how arrays are recognised, however they were
# packed. MNIST's and the subset's were computed from the files themselves. So were Fashion-MNIST's
# labels, from zalandoresearch/fashion-mnist's own .gz (of the checksums above). Its images' were
# not: they are as listed by several projects that agree with one another, and with all six numbers
# that were computed here (one is filip137/drn-server-code, labs/).
CONTENTS = {
    "mnist": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
    "fashion": (
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
    "subset": (
        "0170f7a7536f625176866e031140a0174fc88ed5e0a3ac3585a8e9fb2e1cdd94",
        "39f32862f8445a37ac2198a108eaa89409b65842e17099cff0decb9947ef45e5",
        "2bbb1e01d94528b2cead4bbd387bc36d234386e383f5bf035e2d60af8e4a5719",
        "269ecbc6b9d1255bfaf6a62a1eba208034491ca4df872ab8c3531975085962c3",
    ),
}

TITLES = {"mnist": "MNIST", "fashion": "Fashion-MNIST", "subset": "MNIST"}
CLASSES = {
    "mnist": tuple("0123456789"),
    "fashion": ("T-shirt", "trouser", "pullover", "dress", "coat",
                "sandal", "shirt", "sneaker", "bag", "ankle boot"),
}  # fmt: skip


def digest(array: Bytes) -> str:
    """SHA-256 of an array as an IDX file: what ``sha256sum`` says of the unpacked file."""
    found = hashlib.sha256((2048 + array.ndim).to_bytes(4, "big"))
    found.update(np.array(array.shape, ">i4").tobytes())
    found.update(np.ascontiguousarray(array).data)
    return found.hexdigest()


def recognise(arrays: Sequence[Bytes]) -> Parts:
    """The set that each array belongs to, in the order of `FILES`; None for no known one."""
    digests = [digest(array) for array in arrays]
    return tuple(
        next((name for name, known in CONTENTS.items() if known[i] == found), None)
        for i, found in enumerate(digests)
    )


def published_as(parts: Parts) -> str | None:
    """The set that all four arrays belong to; None for a mixture or no known set."""
    return parts[0] if len(set(parts)) == 1 else None


def title_of(published: str | None, language: str = "en") -> str:
    """The name of a published set in pictures; None stands for unknown data."""
    if published is not None:
        return TITLES[published]
    return say("no_known_set", language)
