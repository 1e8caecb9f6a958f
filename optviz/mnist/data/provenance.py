"""The provenance of images: enough to recognise them, and to load them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["subset", "files", "arrays"]


@dataclass(frozen=True)
class Provenance:
    """The origin of a data set's images.

    Attributes
    ----------
    name : {"mnist", "fashion"}
        What the labels mean.
    published : {"mnist", "fashion", "subset"} or None
        Which set the images are, byte for byte; None for no known one.
    path : str or None
        The folder or file that they were read from; None if there is none.
    fingerprint : str
        SHA-256 of the training images and labels.
    text : str
        All this for people.
    recognised : bool
        Whether ``published`` was found from the content; False for a run of an older optviz, which
        kept only the text: then it is the set that was asked for.
    """

    name: str
    published: str | None
    path: str | None
    fingerprint: str
    text: str
    recognised: bool = True

    @property
    def kind(self) -> Kind:
        """The subset that a package ships, files on a disk, or the user's own arrays."""
        if self.published == "subset":
            return "subset"
        return "arrays" if self.path is None else "files"

    def to_dict(self) -> dict[str, Any]:
        """The entry ``data`` of a run's config.json."""
        known = {"kind": self.kind, "published": self.published, "path": self.path}
        written = {"source": self.text, "name": self.name, "fingerprint": self.fingerprint}
        return written | (known if self.recognised else {})

    @staticmethod
    def from_dict(written: Mapping[str, Any]) -> Provenance:
        """Read back what `to_dict` wrote.

        Raises
        ------
        LookupError
            Something is missing.
        """
        text, name, fingerprint = (written[key] for key in ("source", "name", "fingerprint"))
        if "published" in written:
            return Provenance(name, written["published"], written["path"], fingerprint, text)
        # Older than these fields: what they would be stands in the sentence only.
        published = "subset" if text.startswith("the subset") else name
        _, _, path = text.partition(" from ")
        return Provenance(name, published, path or None, fingerprint, text, recognised=False)
