"""The films to learn from: what is planned, and one made for real."""

import numpy as np
import pytest

from data_scripts import synthetic_signers as corpus
from data_scripts.training_films import CRF, STRANGERS, blurred_small, make, plan
from lib.signer.clips import Clip


def test_the_plan_is_the_same_each_time_and_a_longer_one_begins_alike():
    assert plan(20) == plan(20) and plan(40)[:20] == plan(20) and plan(20) != plan(20, seed=1)


def test_every_domain_keeps_its_own_signers_and_nobody_of_td2_is_there():
    jobs = plan(60)
    signers = {kind: {job.signer for job in jobs if job.set == kind} for kind in ("d1", "td1", "varied")}
    assert signers["d1"] == set(corpus.D1.signers) and signers["td1"] <= set(corpus.TD1.signers)
    assert min(signers["varied"]) >= STRANGERS and len(signers["varied"]) == 30
    assert not set(corpus.TD2.signers) & set.union(*signers.values())


def test_no_sentence_of_d1s_test_is_learned():
    tests = {job.sentence for scale in corpus.SCALES for job in corpus.plan(scale, 0) if job.set == "d1_test"}
    assert not tests & {job.sentence for job in plan(200) if job.set == "d1"}


def test_varied_films_vary_within_the_bounds():
    varied = [job for job in plan(100) if job.set == "varied"]
    assert {job.codec for job in varied} == set(CRF) and {job.blur for job in varied} == {"true", "flow"}
    assert all(CRF[job.codec][0] <= job.crf <= CRF[job.codec][1] and 0.5 <= job.shutter <= 1.7 for job in varied)
    assert len({job.lexicon for job in varied}) == len(varied)


@pytest.mark.slow
def test_small_blurred_frames_are_the_large_ones_made_smaller():
    from data_scripts.signer.phonology import draw_lexicon
    from lib.degrade import downsample

    film = corpus.film_of(corpus.Job("d1", 0, 0, (0,), 0), draw_lexicon(4, 1)[:1], "studio")
    film.performance.rotation = film.performance.rotation[:24]
    film.performance.position = film.performance.position[:24]
    small = np.stack(list(blurred_small(film, 1.0))).astype(float)
    large = np.stack(list(downsample(film.blurred(1.0), 2))).astype(float)
    assert small.shape == large.shape == (3, 168, 152, 3)
    assert np.abs(small - large).mean() < 1.0


@pytest.mark.slow
def test_a_made_clip_is_whole_and_is_not_made_twice(tmp_path):
    job = min(plan(20), key=lambda job: len(job.sentence))
    folder = make(job, tmp_path)
    clip = Clip(folder)
    stamp = clip.target_path.stat().st_mtime_ns
    assert len(clip.target()) == len(clip.input()) == len(clip.truth()) == clip.info["frames"]
    assert clip.target().shape[1:] == (336, 304, 3) and clip.input().shape[1:] == (168, 152, 3)
    assert make(job, tmp_path).joinpath("target.mp4").stat().st_mtime_ns == stamp
