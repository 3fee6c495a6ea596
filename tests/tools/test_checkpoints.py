"""Checkpoints of trainings: the same bytes each time, whole after a kill, and refused in a sentence where spoilt."""

import json
import zipfile

import pytest
import torch
from test_training import train

from lib.tools import checkpoints
from lib.tools.checkpoints import read_tensors, write_tensors
from lib.tools.errors import BadInput

FILES = ("best.pt", "history.json", "last.pt")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A training of two epochs by Adam, and one by SGD with momentum."""
    folder = tmp_path_factory.mktemp("whole")
    train(folder / "adam", epochs=2)
    train(folder / "sgd", epochs=2, momentum=0.9)
    return folder


def curve_without_times(path) -> list[dict]:
    return [row | {"seconds": 0} for row in json.loads(path.read_text())]


def test_two_equal_trainings_leave_the_same_bytes(whole, tmp_path):
    train(tmp_path, epochs=2)
    assert (tmp_path / "best.pt").read_bytes() == (whole / "adam" / "best.pt").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == list(FILES)


@pytest.mark.parametrize("killed_at", range(6))
def test_killed_between_any_two_files_it_ends_with_all_of_them(whole, tmp_path, monkeypatch, killed_at):
    """Files are put in place one by one; whichever is the last, the next run ends as if nothing had happened."""
    from lib.tools import files

    left, usual = iter(range(killed_at)), files.put_in_place

    def put_in_place(partial, path):
        if next(left, None) is None:
            raise KeyboardInterrupt
        usual(partial, path)

    monkeypatch.setattr(files, "put_in_place", put_in_place)
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path, epochs=2)
    monkeypatch.undo()
    train(tmp_path, epochs=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == list(FILES)
    assert (tmp_path / "best.pt").read_bytes() == (whole / "adam" / "best.pt").read_bytes()
    assert curve_without_times(tmp_path / "history.json") == curve_without_times(whole / "adam" / "history.json")


def without(key):
    return lambda state: state.pop(key)


def with_entry(*path_and_value):
    """Another value at the end of a path of keys."""
    *path, last, value = path_and_value

    def change(state):
        for key in path:
            state = state[key]
        state[last] = value

    return change


NAN, HUGE = torch.full((4, 3), torch.nan), torch.zeros(1, dtype=torch.float64).expand(10**6, 10**6)
MOMENTS = ("optimizer", "state", 0)
SPOILT = {
    **{f"no {key}": without(key) for key in ("model", "optimizer", "best", "history", "settings", "rng")},
    "model of NaN": with_entry("model", "0.weight", NAN),
    "model of another shape": with_entry("model", "0.weight", torch.zeros(4, 4)),
    "model is text": with_entry("model", "weights"),
    "huge best": with_entry("best", "0.weight", HUGE),
    "best of doubles": with_entry("best", "0.weight", torch.zeros(4, 3, dtype=torch.float64)),
    "best lacks a weight": lambda state: state["best"].pop("0.weight"),
    "rng of zeros": with_entry("rng", torch.zeros(5056, dtype=torch.uint8)),
    "short rng": with_entry("rng", torch.zeros(7, dtype=torch.uint8)),
    "rng is a number": with_entry("rng", 7),
    "empty history": with_entry("history", []),
    "history is a dict": with_entry("history", {}),
    "history lacks an epoch": lambda state: state["history"].pop(0),
    "history of numbers": with_entry("history", [1, 2]),
    "validation is NaN": with_entry("history", 0, "validation", float("nan")),
    "validation is text": with_entry("history", 0, "validation", "low"),
    "validation of 400 digits": with_entry("history", 0, "validation", 10**400),
    "row lacks seconds": lambda state: state["history"][0].pop("seconds"),
    "optimizer is a list": with_entry("optimizer", []),
    "moments of no parameter": with_entry("optimizer", "state", 99, {}),
    "no first moment": lambda state: state["optimizer"]["state"][0].pop("exp_avg"),
    "huge moment": with_entry(*MOMENTS, "exp_avg", HUGE),
    "negative squares": with_entry(*MOMENTS, "exp_avg_sq", -torch.ones(4, 3)),
    "no step": with_entry(*MOMENTS, "step", torch.tensor(-1.0)),
    "step is text": with_entry(*MOMENTS, "step", "one"),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_spoilt_entries_get_the_sentence(whole, tmp_path, kind):
    state = read_tensors(whole / "adam" / "last.pt")
    SPOILT[kind](state)
    write_tensors(tmp_path / "last.pt", state)
    with pytest.raises(BadInput, match=r"last\.pt cannot be resumed from: damaged, or another network's; delete it\."):
        train(tmp_path, epochs=2)


def test_whole_ones_are_gone_on_from(whole, tmp_path):
    for name, changes in {"adam": {}, "sgd": {"momentum": 0.9}}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "last.pt").write_bytes((whole / name / "last.pt").read_bytes())
        assert len(train(tmp_path / name, epochs=2, **changes)[1]) == 2
    with pytest.raises(BadInput, match="comes from a training with other settings"):
        train(tmp_path / "sgd", epochs=2)


def test_a_bomb_is_not_unpacked(tmp_path, monkeypatch):
    """torch stores its numbers as they are, but its reader would unpack a thousandfold."""
    monkeypatch.setattr(checkpoints.torch, "load", lambda *_, **__: pytest.fail("it is read"))
    with zipfile.ZipFile(tmp_path / "bomb.pt", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", bytes(10**6))
    with pytest.raises(ValueError, match="fill the memory"):
        read_tensors(tmp_path / "bomb.pt")
