"""Where files are written: modes, links, names, and what is left when writing fails."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest

from optviz import files
from optviz.errors import InputError


def write(path, content=b"new"):
    with files.replacing(path) as stream:
        stream.write(content)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o022, 0o077])
def umask(request):
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_a_new_file_has_the_mode_that_the_user_wants_for_files(umask, tmp_path):
    write(tmp_path / "film.gif")
    (tmp_path / "by-python").touch()
    assert mode(tmp_path / "film.gif") == mode(tmp_path / "by-python") == 0o666 & ~umask


@pytest.mark.parametrize("kept", [0o600, 0o640, 0o666, 0o755])
def test_an_older_file_keeps_its_mode_and_owner(kept, umask, tmp_path):
    path = tmp_path / "film.gif"
    path.touch()
    path.chmod(kept)
    if os.geteuid() == 0:  # only root may give files away
        os.chown(path, 65534, 65534)
    before = path.stat()
    write(path)
    after = path.stat()
    assert path.read_bytes() == b"new"
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode, before.st_uid, before.st_gid
    )  # fmt: skip


def test_nobody_else_can_read_a_private_file_while_it_is_written(tmp_path):
    path = tmp_path / "film.gif"
    path.touch()
    path.chmod(0o600)
    with files.replacing(path):
        assert [mode(tmp_path / name) for name in names(tmp_path)] == [0o600, 0o600]


def test_a_link_stays_and_the_file_behind_it_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    real, link, second = tmp_path / "there/film.gif", tmp_path / "link.gif", tmp_path / "second.gif"
    real.write_bytes(b"old")
    link.symlink_to("there/film.gif")  # relative to the link, not to the current folder
    second.symlink_to(link)
    write(second)
    assert (link.readlink(), second.readlink()) == (Path("there/film.gif"), link)
    assert real.read_bytes() == b"new"
    assert names(tmp_path / "there") == ["film.gif"]


def test_a_link_to_nothing_makes_what_it_names(tmp_path):
    (tmp_path / "link.gif").symlink_to("film.gif")
    write(tmp_path / "link.gif")
    assert (tmp_path / "link.gif").is_symlink()
    assert (tmp_path / "film.gif").read_bytes() == b"new"


def test_a_second_hard_link_keeps_the_old_content(tmp_path):
    """The documented price of files that appear whole or not at all."""
    (tmp_path / "film.gif").write_bytes(b"old")
    os.link(tmp_path / "film.gif", tmp_path / "kept.gif")
    write(tmp_path / "film.gif")
    assert (tmp_path / "kept.gif").read_bytes() == b"old"


def loop(folder):
    (folder / "a.gif").symlink_to("b.gif")
    (folder / "b.gif").symlink_to("a.gif")
    return folder / "a.gif"


def link_to_nowhere(folder):
    (folder / "link.gif").symlink_to("none/film.gif")
    return folder / "link.gif"


def link_to_a_device(folder):
    (folder / "link.gif").symlink_to("/dev/null")
    return folder / "link.gif"


def pipe(folder):
    os.mkfifo(folder / "pipe.gif")
    return folder / "pipe.gif"


def folder_of_that_name(folder):
    (folder / "film.gif").mkdir()
    return folder / "film.gif"


def below_a_file(folder):
    (folder / "file").touch()
    return folder / "file" / "film.gif"


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (loop, "symbolic links"),
        (link_to_nowhere, "in a folder that exists"),
        (link_to_a_device, "neither pipe nor device"),
        (pipe, "neither pipe nor device"),
        (folder_of_that_name, "a folder"),
        (below_a_file, "in a folder that exists"),
        (lambda folder: folder / ("n" * 252 + ".gif"), "File name too long"),
        (lambda folder: folder / "none/film.gif", "in a folder that exists"),
        (lambda folder: folder / "film\0.gif", "a name that a file can have"),
    ],
)
def test_what_no_file_can_be_written_to(make, part, tmp_path):
    path = make(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    for attempt in (lambda: files.check_writable(path, [".gif"]), lambda: write(path)):
        with pytest.raises(InputError, match=part) as caught:
            attempt()
        assert "\n" not in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_longest_name_that_there_is(tmp_path):
    """The temporary file has a shorter one."""
    for letter, count in (("n", 251), ("影", 83)):
        path = tmp_path / (letter * count + ".gif")
        write(path)
        assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
@pytest.mark.parametrize("locked", ["film.gif", "."])
def test_a_file_or_folder_that_may_not_be_written(locked, tmp_path):
    (tmp_path / "film.gif").write_bytes(b"old")
    (tmp_path / locked).chmod(0o555)
    try:
        with pytest.raises(InputError, match="may be written"):
            write(tmp_path / "film.gif")
    finally:
        (tmp_path / locked).chmod(0o755)
    assert (tmp_path / "film.gif").read_bytes() == b"old"


STEPS = [(os, "open"), (os, "close"), (Path, "chmod"), (Path, "replace")]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize("old", [None, b"old"])
@pytest.mark.parametrize(("owner", "name"), STEPS)
def test_an_error_behind_any_step_leaves_the_old_file_or_the_new(
    owner, name, old, error, tmp_path, monkeypatch
):
    path = tmp_path / "film.gif"
    if old is not None:
        path.write_bytes(old)
    step = getattr(owner, name)

    def fail(*arguments, **settings):
        step(*arguments, **settings)
        monkeypatch.undo()
        raise error

    monkeypatch.setattr(owner, name, fail)
    with suppress(KeyboardInterrupt, InputError):
        write(path)
    assert names(tmp_path) in ([], ["film.gif"])
    if path.exists():
        assert path.read_bytes() in (old, b"new")
    assert not files._unfinished


def test_what_an_unlucky_process_has_left_is_removed(tmp_path):
    """An interrupt between two lines of the cleaning itself."""
    beginning = files.temporary(tmp_path, "film.gif")
    path = beginning.__enter__()
    assert path.exists()
    files.remove_unfinished()
    assert not names(tmp_path)
    beginning.__exit__(None, None, None)


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_is_not_filled_is_as_it_was(there, error, tmp_path):
    folder = tmp_path / "made"
    if there:
        folder.mkdir()
        (folder / "mine").touch()

    def fill():
        with files.filling(folder):
            write(folder / "table.csv")
            raise error

    with pytest.raises((KeyboardInterrupt, InputError)):
        fill()
    assert names(tmp_path) == ["made"] * there
    if there:
        assert names(folder) == ["mine"]


def test_a_folder_is_only_tried(tmp_path, monkeypatch):
    """Also where Ctrl-C comes just when it has been made."""
    make = Path.mkdir

    def interrupted(self):
        make(self)
        raise KeyboardInterrupt

    assert files.check_folder(tmp_path / "run", "new") == tmp_path / "run"
    monkeypatch.setattr(Path, "mkdir", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.check_folder(tmp_path / "run", "new")
    assert not names(tmp_path)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("x**2/20 + y**2", "x2-20-y2-"),
        ("x**2*20 + y**2", "x2-20-y2-"),
        ("sin(3*x)*exp(-y)", "sin-3-x-exp-y-"),
        ("-x", "x-"),
        ("x" + " + x" * 500, "x-x-x-"),
        ("影", ""),
    ],
)
def test_names_by_a_text(text, begins):
    name = files.named_after(text)
    assert name.startswith(begins)
    assert name == files.named_after(text.replace(" ", ""))
    assert name.replace("-", "").isalnum()
    assert 4 <= len(name) <= 45


def test_texts_that_differ_have_names_that_differ():
    texts = ["x+y", "x-y", "x*y", "x/y", "x**y", "x-y+0", "-x+y", "(x+y)", "2*x", "2+x", "x**2"]
    assert len({files.named_after(text) for text in texts}) == len(texts)
