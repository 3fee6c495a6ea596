"""The corpora of isolated signs: what is planned, what packing keeps, and one clip filmed and seen for real."""

import json

import numpy as np
import pytest

from book.chapters.ch10_signs import PARTS, likeness
from book.studies.limits import yaw
from book.studies.signs import without_hands
from data_scripts import sign_corpora
from data_scripts.shared import sign_films
from data_scripts.shared.sign_films import LANGUAGES, SOURCE, TARGET, SignJob, lexicon, plan, truth
from data_scripts.sign_corpora import make_clip, pack
from lib.keypoints import HOLISTIC_67, HOLISTIC_75
from lib.ptn import corpora
from lib.ptn.corpora import Inputs, load_corpus
from lib.ptn.splits import SUBSETS, in_every_subset, signer_independent_split
from lib.tools.errors import BadInput


def test_sizes_and_signers():
    assert SOURCE.signs >= 60 and TARGET.signs >= 40 and len({*SOURCE.signers, *TARGET.signers}) >= 20
    assert not set(SOURCE.signers) & set(TARGET.signers)
    for language in LANGUAGES.values():
        jobs = plan(language)
        assert plan(language) == jobs and len(jobs) == language.clips
        assert {(job.signer, job.sign) for job in jobs} == {
            (signer, sign) for signer in language.signers for sign in range(language.signs)
        }


def test_frequencies_have_a_long_tail():
    for language in LANGUAGES.values():
        counts = np.bincount([job.sign for job in plan(language)])
        assert counts.argmax() == 0 and counts.max() >= 2 * np.median(counts)


def test_the_languages_share_parts_but_hardly_a_sign():
    source, target = lexicon(SOURCE), lexicon(TARGET)
    assert len(set(source) & set(target)) <= 1
    for part in PARTS:
        known = {getattr(sign, part) for sign in source}
        assert np.mean([getattr(sign, part) in known for sign in target]) > 0.6, part


def test_there_are_minimal_pairs():
    for language in LANGUAGES.values():
        signs = lexicon(language)
        assert len(set(signs)) == language.signs and lexicon(language) == signs
        alike = likeness(signs) - len(PARTS) * np.eye(len(signs), dtype=int)
        assert (alike.max(axis=1) >= len(PARTS) - 2).mean() > 0.9


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda language: language.name)
def test_every_fold_has_every_sign_and_signers_of_its_own(language):
    jobs = plan(language)
    labels, signers = np.array([job.sign for job in jobs]), np.array([job.signer for job in jobs])
    tested = []
    for fold in range(10):
        parts, subsets = signer_independent_split(labels, signers, fold), np.empty(len(jobs), object)
        for name, rows in zip(SUBSETS, parts):
            subsets[rows] = name
        assert in_every_subset(labels, subsets).all()
        assert sum(len(set(signers[rows])) for rows in parts) == len(set(signers))
        tested += parts[2].tolist()
    assert sorted(tested) == list(range(len(jobs)))


def test_there_are_ten_folds():
    with pytest.raises(BadInput, match="no fold 10"):
        signer_independent_split(np.repeat(np.arange(10), 10), np.tile(np.arange(10), 10), 10)


@pytest.fixture
def small(tmp_path, monkeypatch) -> corpora.SignCorpus:
    """A packed corpus of three clips, with keypoints by chance in place of films."""
    language = sign_films.Language("source", signs=1, clips=3, signers=range(3), stage="studio", seed=1)
    monkeypatch.setitem(sign_films.LANGUAGES, "source", language)
    rng = np.random.default_rng(0)
    for job in plan(language):
        xyz = rng.uniform(-30, 200, (4 + job.signer, 75, 3)).astype(np.float32)
        xyz[1, HOLISTIC_75.parts["left_hand"]] = np.nan
        np.savez(tmp_path / f"{job.name}.npz", xyz=xyz)
    pack("source", tmp_path, tmp_path)
    return load_corpus("source", tmp_path)


def test_packing_keeps_places_to_a_sixteenth_and_gaps(small, tmp_path):
    for clip, frames in enumerate((4, 5, 6)):
        kept, (first, *_) = small.keypoints(clip), np.load(tmp_path / f"source-000{clip}.npz")["xyz"][None]
        true = first[:, [HOLISTIC_75.points.index(point) for point in HOLISTIC_67.points]]
        assert len(kept) == frames and kept.layout == HOLISTIC_67 and kept.fps == sign_films.FPS
        assert np.nanmax(np.abs(kept.xyz - true)) <= 1 / 16
        assert np.array_equal(np.isnan(kept.xyz), np.isnan(true)) and not kept.present("left_hand")[1]
    assert small.signers.tolist() == [0, 1, 2] and small.labels.tolist() == [0, 0, 0]


def test_a_changed_or_missing_file_is_refused(small, tmp_path):
    (tmp_path / "signs_source.npz").write_bytes(b"other")
    with pytest.raises(BadInput, match="not the file"):
        load_corpus("source", tmp_path)
    with pytest.raises(BadInput, match="make target"):
        load_corpus("target", tmp_path)


def test_missing_clips_are_named_before_packing(small, tmp_path, capsys):
    (tmp_path / "source-0001.npz").unlink()
    assert sign_corpora.main(["pack", "source", "--cache", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert "source-0001" in capsys.readouterr().err


def test_inputs_have_the_papers_width_and_no_nan(small):
    clip = small.keypoints(2)
    for inputs in (Inputs(), Inputs(normalized=False), Inputs(imputed=False), Inputs(False, False)):
        assert inputs(clip).shape == (6, 134) and np.isfinite(inputs(clip)).all()
    deep = Inputs(depth=True)(clip).reshape(len(clip), 67, 3)
    assert np.array_equal(deep[..., :2], Inputs()(clip).reshape(len(clip), 67, 2)) and deep[..., 2].any()
    told = Inputs(told=True)(clip)
    assert told.shape == (6, 201) and np.array_equal(told[:, 134:], ~np.isnan(clip.xyz[..., 0]))
    gap = np.arange(25, 46)  # the left hand of frame 1
    assert not Inputs(imputed=False)(clip)[1].reshape(67, 2)[gap].any()
    assert Inputs(normalized=False)(clip)[0].reshape(67, 2) == pytest.approx(clip.xyz[0, :, :2] / sign_films.SIZE[0])


def test_hands_can_be_taken_away_and_nothing_else(small):
    clip = small.keypoints(2)
    left = without_hands(clip, 0.5)
    gone = np.isnan(left.xyz) & ~np.isnan(clip.xyz)
    assert gone.any() and not gone[:, :25].any() and np.array_equal(left.xyz[~gone], clip.xyz[~gone], equal_nan=True)
    assert np.array_equal(without_hands(clip, 0.5).xyz, left.xyz, equal_nan=True)
    assert not any(without_hands(clip, 1.0).present(part).any() for part in ("left_hand", "right_hand"))
    assert np.isfinite(Inputs()(left)).all()


def test_a_sign_is_filmed_and_seen(tmp_path):
    """For real: the renderer's pictures, MediaPipe's keypoints; a second call finds the file and leaves it."""
    job = SignJob("source", 0, 5, 400, 3)
    path = make_clip(job, tmp_path)
    with np.load(path, allow_pickle=False) as clip:
        xyz, pictures = clip["xyz"], clip["pictures"]
    assert xyz.shape[1:] == (75, 3) and 6 <= len(xyz) <= 14 and pictures.shape == (len(xyz), 64, 64, 3)
    assert np.isfinite(xyz[:, :25]).all() and pictures.std() > 10
    true, turned = truth(job), truth(job, 30)
    assert np.abs(true.xyz[:, :25, :2] - xyz[:, :25, :2]).mean() < 0.05 * sign_films.SIZE[0]
    assert yaw(turned.xyz, HOLISTIC_75) == pytest.approx(yaw(true.xyz, HOLISTIC_75) - 30, abs=1)
    stamp = path.stat().st_mtime_ns
    assert make_clip(job, tmp_path).stat().st_mtime_ns == stamp


packed = pytest.mark.skipif(
    not (corpora.SHIPPED / "signs_target.npz").exists(), reason="the corpora of signs are not packed yet"
)


@packed
@pytest.mark.parametrize("name", LANGUAGES)
def test_what_ships_is_what_is_planned(name):
    corpus, jobs = load_corpus(name), plan(LANGUAGES[name])
    assert corpus.labels.tolist() == [job.sign for job in jobs]
    assert corpus.signers.tolist() == [job.signer for job in jobs]
    assert json.loads((corpora.SHIPPED / f"signs_{name}.json").read_text())["seed"] == LANGUAGES[name].seed
    hands = np.concatenate([corpus.keypoints(clip).present("right_hand") for clip in range(len(corpus))])
    assert 0.6 < hands.mean() < 1
