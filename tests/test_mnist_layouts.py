"""Sets as people have them on their disks, found by name and recognised by content."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from digits import REAL, idx, made

from optviz import mnist
from optviz.cli.main import main
from optviz.errors import InputError
from optviz.mnist.cautions import Caution
from optviz.mnist.data import download, loading, published
from optviz.mnist.data.published import FILES
from optviz.mnist.training.records import records_of

UNKNOWN = {"en": "images of no known set", "zh": "未知数据集的图像"}
TITLES = {"mnist": "MNIST", "fashion": "Fashion-MNIST"}
SETS = {"mnist": made(0), "fashion": made(1)}
OTHER = {"mnist": "fashion", "fashion": "mnist"}


@pytest.fixture(autouse=True)
def _published(monkeypatch):
    """Two small sets stand in for the published ones; their sums are hashlib's, of whole files."""
    monkeypatch.delenv(download.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(loading, "SIZES", (50, 20))
    for name, arrays in SETS.items():
        sums = tuple(hashlib.sha256(idx(array)).hexdigest() for array in arrays)
        monkeypatch.setitem(published.CONTENTS, name, sums)


def put(folder, arrays, names=FILES, packed=(True, True, True, True)):
    """The four files under these names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, array, pack in zip(names, arrays, packed, strict=True):
        path = folder / (f"{name}.gz" if pack else name)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(gzip.compress(idx(array)) if pack else idx(array))


def npz(path, arrays, **changes):
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, **dict(zip(data_names(), arrays, strict=True)) | changes)


def data_names():
    return ("x_train", "y_train", "x_test", "y_test")


NONE = (False,) * 4
DOTS = [name.replace("-idx", ".idx") for name in FILES]
OWN = [f"{name}/{dotted}" for name, dotted in zip(FILES, DOTS, strict=True)]
TORCHVISION = {"mnist": "MNIST", "fashion": "FashionMNIST"}
KERAS = {"mnist": "mnist.npz", "fashion": "fashion_mnist.npz"}


def torchvision(root, name, packed=NONE):
    put(root / TORCHVISION[name] / "raw", SETS[name], packed=packed)


def both(root):
    for name in SETS:
        torchvision(root, name)


# What lies on the disk, and what is given as data-dir; {set} is torchvision's name of it.
LAYOUTS = {
    "torchvision's root": (lambda d, n: torchvision(d, n), "."),
    "its packed files": (lambda d, n: torchvision(d, n, (True,) * 4), "."),
    "its folder of a set": (lambda d, n: torchvision(d, n), "{set}"),
    "its raw": (lambda d, n: torchvision(d, n), "{set}/raw"),
    "both sets below": (lambda d, n: both(d), "."),
    "a set below, in small letters": (
        lambda d, n: put(d / n / "raw", SETS[n]), "."),
    "dashed below": (lambda d, n: put(d / TITLES[n].lower(), SETS[n]), "."),
    "a mix": (lambda d, n: put(d, SETS[n], packed=(True, False, False, True)), "."),
    "dots": (lambda d, n: put(d, SETS[n], DOTS, NONE), "."),
    "dots, packed": (lambda d, n: put(d, SETS[n], DOTS), "."),
    "capitals": (lambda d, n: put(d, SETS[n], [name.upper() for name in FILES], NONE), "."),
    "capitals, packed": (
        lambda d, n: put(d, SETS[n], [f"{name.upper()}.GZ" for name in FILES], NONE), "."),
    "test for t10k": (
        lambda d, n: put(d, SETS[n], [f.replace("t10k", "test") for f in FILES]), "."),
    "in folders of their names": (lambda d, n: put(d, SETS[n], OWN, NONE), "."),
    "such a file": (lambda d, n: put(d, SETS[n], OWN, NONE), OWN[1]),
    "such a folder": (lambda d, n: put(d, SETS[n], OWN, NONE), FILES[2]),
    "Kaggle's archive": (lambda d, n: put(d / "archive", SETS[n], OWN, NONE), "."),
    "one of the files": (lambda d, n: put(d, SETS[n]), f"{FILES[3]}.gz"),
    "keras's npz": (lambda d, n: npz(d / KERAS[n], SETS[n]), "{keras}"),
    "an npz of any name": (lambda d, n: npz(d / "all.npz", SETS[n]), "all.npz"),
    "a folder with it": (lambda d, n: npz(d / KERAS[n], SETS[n]), "."),
    "labels of 64 bits": (
        lambda d, n: npz(d / KERAS[n], SETS[n], y_train=SETS[n][1].astype(np.int64)), "{keras}"),
    "keras's datasets": (
        lambda d, n: (npz(d / "mnist.npz", SETS["mnist"]),
                      put(d / "fashion-mnist", SETS["fashion"])), "."),
    "rubbish beside": (
        lambda d, n: (put(d, SETS[n]), (d / f"._{FILES[0]}").write_bytes(b"\0"),
                      (d / "notes.txt").write_text("mine")), "."),
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize(("lay", "given"), LAYOUTS.values(), ids=LAYOUTS)
def test_layouts(lay, given, name, tmp_path):
    lay(tmp_path, name)
    place = tmp_path / given.format(set=TORCHVISION[name], keras=KERAS[name])
    found = loading.load(place, fashion=name == "fashion")
    for one, other in zip(found.arrays, SETS[name], strict=True):
        np.testing.assert_array_equal(one, other)
    assert (found.published, found.labelled) == (name, name)
    assert found.title() == TITLES[name]
    assert found.source.startswith(f"{TITLES[name]} from {found.path} (")
    assert Path(found.path).is_relative_to(tmp_path)
    again = loading.load(found.path, fashion=name == "fashion")
    assert (again.source, again.fingerprint) == (found.source, found.fingerprint)


def test_which_files_is_said(tmp_path):
    put(tmp_path, SETS["mnist"], packed=(True, False, False, True))
    assert loading.load(tmp_path).source == f"MNIST from {tmp_path} (2 packed and 2 unpacked files)"
    npz(tmp_path / "m.npz", SETS["mnist"])
    assert loading.load(tmp_path / "m.npz").source == f"MNIST from {tmp_path}/m.npz (keras's npz)"


@pytest.mark.parametrize("name", SETS)
def test_home_and_the_variable(name, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HOME", str(tmp_path))
    both(tmp_path / "data")
    fashion = name == "fashion"
    monkeypatch.chdir(tmp_path)
    expected = f"{TITLES[name]} from {tmp_path / 'data' / TORCHVISION[name] / 'raw'}"
    assert loading.load("~/data", fashion=fashion).source.startswith(expected)
    train = ["mnist", "train", "--data", name, "--hidden", "4", "--batch-size", "9"]
    assert main([*train, "--epochs", "1", "--data-dir=~/data", "-o", "run"]) == 0
    assert capsys.readouterr().err.startswith(expected)
    monkeypatch.setenv(download.FOLDER_VARIABLE, "~/data")
    assert loading.load(fashion=fashion).source.startswith(expected)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("given", [".", "own.npz"])
def test_the_other_set_is_refused_however_it_is_packed(name, packed, given, tmp_path):
    put(tmp_path, SETS[OTHER[name]], packed=(packed,) * 4)
    npz(tmp_path / "own.npz", SETS[OTHER[name]])
    place = tmp_path / given
    with pytest.raises(InputError) as caught:
        loading.load(place, fashion=name == "fashion")
    assert str(caught.value).startswith(
        f"data-dir must hold {TITLES[name]}; not {TITLES[OTHER[name]]}, which {place} holds"
    )


@pytest.mark.parametrize("part", range(4))
def test_one_file_of_the_other_set_is_refused(part, tmp_path):
    arrays = list(SETS["mnist"])
    arrays[part] = SETS["fashion"][part]
    put(tmp_path, arrays)
    with pytest.raises(InputError, match=f"not the {published.PARTS[part]} of Fashion-MNIST"):
        loading.load(tmp_path)


def changed(part):
    arrays = [array.copy() for array in SETS["mnist"]]
    arrays[part].flat[7] ^= 1
    return arrays


@pytest.mark.parametrize("part", range(4))
def test_a_changed_set_of_the_right_size_is_said(part, tmp_path):
    put(tmp_path, changed(part))
    with pytest.warns(Caution, match=f"their {published.PARTS[part]} are not MNIST's as published"):
        found = loading.load(tmp_path)
    assert (found.published, found.labelled) == (None, "mnist")
    assert found.source == f"{UNKNOWN['en']} from {tmp_path} (4 packed files)"


def test_another_set_of_the_same_names_is_said(tmp_path, monkeypatch, capsys):
    """As Kuzushiji-MNIST is."""
    put(tmp_path, made(2))
    with pytest.warns(Caution, match="size, but are neither MNIST nor Fashion-MNIST as"):
        found = loading.load(tmp_path)
    for language, title in UNKNOWN.items():
        assert found.title(language) == title
    assert repr(found).startswith(f"<Dataset {UNKNOWN['en']} from")
    monkeypatch.chdir(tmp_path)
    arguments = ["--data-dir", ".", "--hidden", "4", "--batch-size", "9", "--epochs", "1"]
    assert main(["mnist", "train", *arguments, "-o", "run"]) == 0
    note, said = capsys.readouterr().err.splitlines()[:2]
    assert note.startswith(f"note: the data in {tmp_path} have MNIST's size, but are neither")
    assert said.startswith(UNKNOWN["en"])
    run = mnist.restore("run")
    for language, title in UNKNOWN.items():
        assert records_of([run])[0].heading(language)[0].startswith(title)


def test_names_of_classes_follow_the_content():
    train_images, train_labels, test_images, test_labels = SETS["fashion"]
    given = mnist.Dataset(train_images, train_labels, test_images, test_labels)
    assert (given.published, given.classes[2], given.title()) == (
        "fashion", "pullover", "Fashion-MNIST")  # fmt: skip
    run = mnist.train(given, hidden=(4,), epochs=1, batch_size=9, progress=False)
    judged = mnist.evaluate(run, given, positive="shirt")
    assert judged.classes == published.CLASSES["fashion"]
    assert records_of([run])[0].heading("en")[0].startswith("Fashion-MNIST")
    digits = mnist.Dataset(*SETS["mnist"])
    with pytest.raises(InputError, match="data must be fashion, as the run's; not mnist"):
        mnist.evaluate(run, digits)
    part = mnist.Dataset(train_images, train_labels, test_images[:5], test_labels[:5])
    assert (part.published, part.classes[2]) == (None, "pullover")


def broken(content):
    def lay(folder):
        put(folder, SETS["mnist"], packed=NONE)
        (folder / f"{FILES[0]}.gz").write_bytes(content)

    return lay


WHOLE = gzip.compress(idx(SETS["mnist"][0]))


BROKEN = {
    "half": (WHOLE[:3000], "truncated or damaged"),
    "empty": (b"", "an empty one"),
    "a web page": (b"<html>404</html>", "a web page"),
    "labels": (gzip.compress(idx(SETS["mnist"][1])), "of labels"),
}


@pytest.mark.parametrize(("content", "part"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_beside_a_whole_one(content, part, tmp_path):
    broken(content)(tmp_path)
    with pytest.warns(Caution, match=part) as caught:
        found = loading.load(tmp_path)
    assert found.published == "mnist"
    (said,) = [str(warning.message) for warning in caught]
    assert said.startswith(f"{tmp_path / FILES[0]}.gz is not whole")
    assert said.endswith(f"{FILES[0]} beside it is read")
    assert "\n" not in said


def in_a_folder(*names, arrays=None):
    return lambda d: [put(d / name, arrays or made(3)) for name in names]


REFUSED = {
    "an EMNIST folder": (
        lambda d: put(d, made(), [f"emnist-digits-{name}" for name in FILES]), ".", False,
        "is of EMNIST or QMNIST, which are not read"),
    "only Kuzushiji below": (in_a_folder("KMNIST/raw"), ".", False, "KMNIST/raw: name"),
    "only Fashion below": (in_a_folder("FashionMNIST/raw"), ".", False, "FashionMNIST/raw: name"),
    "only digits below": (in_a_folder("MNIST/raw"), ".", True, "named Fashion-MNIST"),
    "two sets of no name": (in_a_folder("one", "two"), ".", False, "has one, two: name"),
    "an archive": (lambda d: (d / "mnist.zip").write_bytes(b"PK"), ".", False, "unpack mnist.zip"),
    "an archive itself": (
        lambda d: (d / "m.zip").write_bytes(b"PK"), "m.zip", False, "unpack it first"),
    "another file": (lambda d: (d / "a.csv").write_text("1"), "a.csv", False, "or an npz"),
    "a part": (lambda d: put(d, made()[:3], FILES[:3], NONE[:3]), ".", False, FILES[3]),
    "one file of a part": (
        lambda d: put(d, made()[:3], FILES[:3], NONE[:3]), FILES[0], False,
        FILES[3]),
    "an npz of other names": (
        lambda d: np.savez(d / "m.npz", images=1), "m.npz", False, "one without x_train, y_train"),
    "an npz that is none": (
        lambda d: (d / "m.npz").write_bytes(b"no"), "m.npz", False, "damaged or no npz"),
    "half an npz": (
        lambda d: (npz(d / "w.npz", made()),
                   (d / "m.npz").write_bytes((d / "w.npz").read_bytes()[:9000])),
        "m.npz", False, "damaged or no npz"),
    "an npz of objects": (
        lambda d: npz(d / "m.npz", made(), x_train=np.array([{}])), "m.npz", False, "no npz"),
    "a lone array": (lambda d: (np.save(d / "a.npy", made()[0]), (d / "a.npy").rename(d / "m.npz")),
                     "m.npz", False, "a single array"),
    "images of floats": (
        lambda d: npz(d / "m.npz", made(), x_test=np.zeros((20, 28, 28))), "m.npz", False,
        "x_test is float64"),
    "flat images": (
        lambda d: npz(d / "m.npz", made(), x_test=np.zeros((20, 784), np.uint8)), "m.npz", False,
        r"x_test has shape \(20, 784\)"),
    "negative labels": (
        lambda d: npz(d / "m.npz", made(), y_test=np.full(20, -1)), "m.npz", False, "no array of"),
    "label 10": (
        lambda d: npz(d / "m.npz", made(), y_test=np.full(20, 10)), "m.npz", False, "0 to 9"),
}  # fmt: skip


@pytest.mark.parametrize(("lay", "given", "fashion", "part"), REFUSED.values(), ids=REFUSED)
def test_refused_in_one_line(lay, given, fashion, part, tmp_path):
    lay(tmp_path)
    with pytest.raises(InputError, match=part) as caught:
        loading.load(tmp_path / given, fashion=fashion)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("place", [*range(30), *range(1000, 1046)])  # 1000: the archive's end
def test_a_damaged_npz_is_one_line_wherever_the_damage_is(place, tmp_path):
    """A flag, the method or a size in the archive's own lists: zipfile has an error for each."""
    npz(tmp_path / "mnist.npz", made())
    content = bytearray((tmp_path / "mnist.npz").read_bytes())
    central = content.index(b"PK\x01\x02")
    content[place if place < 1000 else central + place - 1000] ^= 0x41
    (tmp_path / "mnist.npz").write_bytes(content)
    with suppress(InputError):  # a date, say, does not matter
        found = loading.load(tmp_path / "mnist.npz")
        assert found.train_labels.tolist() == made()[1].tolist()


def test_a_name_that_no_file_can_have():
    with pytest.raises(InputError, match=r"a place that may be read; not 'xxx.*name too long"):
        loading.load("x" * 300)


def test_a_path_must_be_one():
    with pytest.raises(InputError, match="data-dir must be a path; not 3"):
        loading.load(3)


def test_a_folder_that_may_not_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may read everything
    with pytest.raises(InputError, match="a folder that may be read"):
        loading.load(tmp_path)


def test_a_run_finds_its_data_again(tmp_path, monkeypatch):
    both(tmp_path / "data")
    found = loading.load(tmp_path / "data", fashion=True)
    mnist.train(found, hidden=(4,), epochs=1, batch_size=9, progress=False, out=tmp_path / "run")
    run = mnist.restore(tmp_path / "run")
    about = run.config["data"]
    assert about["path"] == str(tmp_path / "data" / "FashionMNIST" / "raw")
    assert (about["name"], about["published"]) == ("fashion", "fashion")
    assert mnist.data_of(run).fingerprint == found.fingerprint
    # An older folder says it in words only.
    path = tmp_path / "run" / "config.json"
    config = json.loads(path.read_text())
    for key in ("kind", "path", "published"):
        del config["data"][key]
    source = f"Fashion-MNIST from {tmp_path / 'data' / 'FashionMNIST' / 'raw'}"
    config["data"]["source"] = source
    path.write_text(json.dumps(config))
    run = mnist.restore(tmp_path / "run")
    assert run.config["data"] == config["data"]  # what is not known is not made up
    assert mnist.data_of(run).fingerprint == found.fingerprint
    assert records_of([run])[0].heading("en")[0].startswith("Fashion-MNIST")
    shutil.move(tmp_path / "data", tmp_path / "moved")
    assert mnist.data_of(run, tmp_path / "moved").fingerprint == found.fingerprint


def test_data_dir_does_nothing_to_the_subset():
    run = mnist.train(mnist.load(subset=True), hidden=(4,), epochs=1, samples=50, batch_size=50,
                      progress=False)  # fmt: skip
    assert run.config["data"]["published"] == "subset"
    with pytest.raises(InputError, match="data-dir must be left out for a run on the subset"):
        mnist.evaluate(run, data_dir="x")


@pytest.mark.skipif(not Path(REAL).is_dir(), reason="the real files are not here")
def test_the_real_digits_are_recognised_however_they_lie(tmp_path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.delenv(download.FOLDER_VARIABLE, raising=False)
    real = loading.load(REAL)
    assert real.published == "mnist"
    put(tmp_path / "MNIST" / "raw", real.arrays, packed=NONE)
    npz(tmp_path / "keras" / "mnist.npz", real.arrays)
    for place in (tmp_path, tmp_path / "keras"):
        found = loading.load(place)
        assert (found.published, found.fingerprint) == ("mnist", real.fingerprint)
        with pytest.raises(InputError, match=r"must (hold|have one folder .*) Fashion-MNIST"):
            loading.load(found.path, fashion=True)
    zeroed = real.train_images.copy()
    zeroed[500:1500] = 0
    (tmp_path / "MNIST" / "raw" / FILES[0]).write_bytes(idx(zeroed))
    with pytest.warns(Caution, match="their training images are not MNIST's as published"):
        assert loading.load(tmp_path).title() == UNKNOWN["en"]


def test_the_subset_is_recognised(monkeypatch):
    subset = loading.load(subset=True)
    assert (subset.published, subset.labelled, subset.title()) == ("subset", "mnist", "MNIST")
