"""The class `Dataset`: images with labels, for training and for the test."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from optviz.mnist.data.provenance import Provenance
from optviz.mnist.data.published import (
    CLASSES,
    TITLES,
    Bytes,
    Parts,
    published_as,
    recognise,
    title_of,
)
from surfaces.errors import must, unknown

DIGITS = frozenset(range(10))


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels, for training and for the final test.

    Attributes
    ----------
    train_images, test_images : uint8 array (n, 28, 28)
        0 is background, 255 full ink.
    train_labels, test_labels : uint8 array (n,)
        From 0 to 9; given as whole numbers of any type, one for each image.
    name : {"mnist", "fashion"}
        What its labels mean, where its content is of no known set.
    source : str
        What this is and where it came from, as a sentence that a program can print.
    path : str, optional
        What to give `load` as ``data_dir`` to have it again.
    """

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    name: str = "mnist"
    source: str = "given"
    path: str | None = None

    def __post_init__(self) -> None:
        for part in ("train", "test"):
            images = checked_images(f"{part}_images", getattr(self, f"{part}_images"))
            labels = np.asarray(getattr(self, f"{part}_labels"))
            whole = labels.dtype.kind in "iu" or not labels.size
            if not (
                labels.shape == images.shape[:1]
                and whole
                and set(np.unique(labels).tolist()) <= DIGITS
            ):
                allowed = f"{len(images):,} whole numbers from 0 to 9, one for each image"
                raise must(f"{part}_labels", allowed, getattr(self, f"{part}_labels"))
            for kind, array in (
                ("images", images),
                ("labels", labels.astype(np.uint8, copy=False)),
            ):
                object.__setattr__(self, f"{part}_{kind}", array)  # frozen for others

    @property
    def arrays(self) -> tuple[Bytes, Bytes, Bytes, Bytes]:
        """Images and labels to train on, images and labels for the test."""
        return self.train_images, self.train_labels, self.test_images, self.test_labels

    @cached_property
    def parts(self) -> Parts:
        """The set to which each of the four arrays belongs by its content."""
        return recognise(self.arrays)

    @property
    def published(self) -> str | None:
        """The published set that this is, byte for byte: "mnist", "fashion", "subset" or None."""
        return published_as(self.parts)

    @property
    def labelled(self) -> str:
        """The set whose meaning the labels have: "mnist" or "fashion"."""
        return labelled(next((part for part in self.parts if part is not None), self.name))

    @property
    def classes(self) -> tuple[str, ...]:
        """The name of each class, by its label from 0 to 9."""
        return CLASSES[self.labelled]

    def title(self, language: str = "en") -> str:
        """The name of the data set in pictures; see `published`."""
        return title_of(self.published, language)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the training images and labels; it identifies the data set."""
        content = self.train_images.tobytes() + self.train_labels.tobytes()
        return hashlib.sha256(content).hexdigest()

    @property
    def provenance(self) -> Provenance:
        """The provenance of the images, which a run keeps."""
        return Provenance(self.labelled, self.published, self.path, self.fingerprint, self.source)

    def __repr__(self) -> str:
        sizes = f"{len(self.train_labels):,} + {len(self.test_labels):,} images"
        return f"<Dataset {self.source}: {sizes}>"


def checked_images(name: str, images: Any) -> Bytes:
    """Images as an array, or an `InputError` about ``name``."""
    array: Bytes = np.asarray(images)
    if array.ndim != 3 or array.shape[1:] != (28, 28) or array.dtype != np.uint8:
        raise must(name, "uint8, of shape (n, 28, 28)", f"{array.dtype}, {array.shape}")
    return array


def labelled(which: str) -> str:
    """The classes of a data set that ``--data`` names: mnist (also for subset) or fashion."""
    if which not in TITLES:
        raise unknown("data", which, TITLES)
    return "mnist" if which == "subset" else which
