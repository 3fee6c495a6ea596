"""Letters of strangers' hands: what readers see, how they learn, what is counted, and the study from end to end."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from book.studies.angles import __main__ as study, readers, rendered, rows, tables
from book.studies.angles.joint_angles import NAMES, joint_angles
from book.studies.angles.readers import Examples
from book.studies.angles.views import BOTH, PLACED, POLAR, SPACE, VIEWS, seen
from lib.joins2sign.photos import LETTERS, SIDE, Photos, random_split
from lib.tools.errors import BadInput

SIGNERS, EACH = 6, 7  # the last signer is kept apart


def hands(seed: int = 0) -> tuple[Photos, np.ndarray]:
    """Each letter is a hand of its own, each signer another size, and of one photo in fifty no hand is known."""
    rng = np.random.default_rng(seed)
    shapes = rng.uniform(5, 40, (len(LETTERS), 21, 3))
    labels = np.tile(np.repeat(np.arange(len(LETTERS)), EACH), SIGNERS)
    signers = np.repeat(np.arange(SIGNERS), EACH * len(LETTERS))
    joints = shapes[labels] * (1 + 0.1 * signers)[:, None, None] + rng.normal(0, 0.3, (len(labels), 21, 3))
    joints[::50] = np.nan
    count = len(labels)
    photos = Photos(np.zeros((count, SIDE, SIDE, 0), np.uint8), joints[..., :2].astype(np.float32), labels, signers,
                    np.full(count, "front"), signers == SIGNERS - 1)  # fmt: skip
    return photos, joints.astype(np.float32)


@pytest.fixture(autouse=True)
def one_thread():
    torch.set_num_threads(1)


@pytest.mark.parametrize(("view", "numbers"), list(zip(VIEWS, (42, 42, 42, 20, 20, 62))))
def test_each_view_has_its_numbers_and_an_unknown_one_is_said(view, numbers):
    _, joints = hands()
    assert seen(view, joints[1:3]).shape == (2, numbers) and seen(view, joints[1:3]).dtype == np.float32
    with pytest.raises(BadInput, match="no view 'colour'"):
        seen("colour", joints)


def test_places_from_the_wrist_know_neither_shift_nor_size():
    _, joints = hands()
    assert seen(PLACED, 2 * joints[1:9] + 5) == pytest.approx(seen(PLACED, joints[1:9]), abs=1e-4)
    assert np.abs(seen(POLAR, 2 * joints[1:9]) - seen(POLAR, joints[1:9])).max() > 0.01


def test_no_photo_that_is_tested_is_learned_from(monkeypatch):
    photos, joints = hands()
    learned = []
    monkeypatch.setattr(readers, "network", lambda learn, seed, more: learned.append(learn))
    monkeypatch.setattr(readers, "named", lambda model, vectors: np.zeros(len(vectors), int))
    split = random_split(photos, 0)
    counted = study.by_network(joints, photos, SPACE, [split], 0)
    tests = {row.tobytes() for row in seen(SPACE, joints[split.test])}
    assert not any(row.tobytes() in tests for row in learned[0].vectors)
    assert np.isfinite(learned[0].vectors).all(), "photos without a hand teach nothing"
    assert sum(there for _, _, there in counted.values()) == len(split.test)


def test_what_shows_no_hand_is_wrong_and_is_counted():
    photos, _ = hands()
    test = np.arange(100)
    assert study.counts(photos, test, photos.labels[test]) == {"0": [98, 98, 100]}


@pytest.mark.parametrize("own", [False, True])
def test_five_examples_come_from_where_they_should_and_are_not_tested(own, monkeypatch):
    photos, joints = hands()
    drawn = []
    monkeypatch.setattr(
        readers, "five_of_each", lambda labels, of, seed: drawn.append(readers_five(labels, of, seed)) or drawn[-1]
    )
    counted = study.by_five(joints, photos, SPACE, 0, own)
    assert list(counted) == [str(one) for one in range(SIGNERS - 1)], "the signer kept apart is another split"
    for signer, shown in enumerate(drawn):
        assert np.bincount(photos.labels[shown]).tolist() == [5] * len(LETTERS)
        assert set(photos.signers[shown]) == ({signer} if own else set(photos.signers[shown]) - {signer, SIGNERS - 1})
        assert counted[str(signer)][2] == EACH * len(LETTERS) - own * len(shown)


readers_five = readers.five_of_each


def test_the_nearest_mean_counts_in_deviations():
    examples = Examples(np.array([[0, 0], [0, 2], [9, 0], [9, 2]], np.float32), np.array([3, 3, 5, 5]))
    wide = np.array([[0, 0], [100, 1]], np.float32)
    assert readers.nearest(examples, np.array([[5, 1], [4, 1]], np.float32), wide).tolist() == [5, 3]


def test_a_network_learns_and_more_examples_are_as_many_as_the_first():
    photos, joints = hands()
    found = Examples(seen(BOTH, joints), photos.labels)[np.flatnonzero(photos.found)]
    known, more = found[np.arange(0, len(found.labels), 2)], found[np.arange(1, len(found.labels), 2)]
    model = readers.network(known, 0)
    assert (readers.named(model, more.vectors) == more.labels).mean() > 0.9
    with_more = readers.network(known, 0, more)
    assert (readers.named(with_more, more.vectors) == more.labels).mean() > 0.9
    assert not all(torch.equal(a, b) for a, b in zip(model.parameters(), with_more.parameters()))


def test_the_study_is_kept_gathered_and_not_repeated(tmp_path, monkeypatch, capsys):
    photos, joints = hands()
    monkeypatch.setattr(study.views, "read", lambda folder, every: (photos, joints))
    monkeypatch.setattr(readers, "PACE", replace(readers.PACE, epochs=2))
    options = ["--cache", str(tmp_path / "cache"), "--ship", str(tmp_path / "rows.json"), "--seeds", "2"]
    options += ["--folds", "3", "--signers", "0"]
    assert study.main(options) == 0
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.json")}
    assert study.main(options) == 0 and "holds" in capsys.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*.json")} == kept
    facts, found = rows.read(tmp_path / "rows.json")
    assert facts["photos"] == len(photos) and facts["hands found"] == photos.found.sum() and len(found) == len(kept)
    assert not any("/" in json.dumps(row) for row in found)
    read = rows.values(found, rows.NETWORK, BOTH)
    assert len(read) == SIGNERS - 1 and all(len(one) == 2 for one in read.values())
    gain = rows.over_languages(rows.gains(found, (rows.NETWORK, BOTH), (rows.NETWORK, POLAR)))
    assert gain.n == SIGNERS - 1 and gain.low <= gain.mean <= gain.high
    assert list(tables.strangers(found).index.names) and tables.strangers(found).notna().all(axis=None)
    with pytest.raises(BadInput, match="no rows of"):
        rows.values(found, rows.WITH, BOTH)


def test_shipped_rows_are_whole():
    facts, found = rows.read()
    for view in (POLAR, BOTH):
        read = rows.values(found, rows.NETWORK, view)
        assert len(read) == 10 and all(len(one) >= study.SEEDS for one in read.values())
    assert all(0 <= right <= found <= of for row in found for right, found, of in row["by_signer"].values())
    assert facts["hands found"] <= facts["photos"]


def test_a_made_up_signers_hands_spell_all_letters_from_five_sides_and_are_no_two_alike():
    joints, letters = rendered.one_signer(rendered.FIRST)
    assert joints.shape == (5 * len(LETTERS), 21, 3) and np.bincount(letters).tolist() == [5] * len(LETTERS)
    inside = ((joints[..., :2] > 0) & (joints[..., :2] < SIDE)).mean()
    assert inside > 0.95, "in the picture"
    bent = joint_angles(joints)[:, NAMES.index("index, middle")]
    assert bent[letters == LETTERS.index("a")].min() > 0.35 > bent[letters == LETTERS.index("b")].max(), "a fist"
    assert len(np.unique(joints.reshape(len(joints), -1).round(3), axis=0)) == len(joints)
