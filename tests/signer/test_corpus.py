"""The corpora: who signs what for training and for the test, clips that resume, and a script that fails cleanly."""

import json
from dataclasses import replace

import numpy as np
import pytest

from data_scripts import synthetic_signers as corpus
from data_scripts.shared.manifest import is_complete
from data_scripts.synthetic_signers import SCALES, SETS, make_clip, plan
from lib.signer.clips import clips
from lib.tools.errors import BadInput

FRAMES = 4


@pytest.fixture
def short_films(monkeypatch):
    """Clips of a few frames in place of four seconds; the rest of the recipe is the real one."""
    from data_scripts.signer.figure import drawn_figure
    from data_scripts.signer.film import PER_FRAME, Film
    from data_scripts.signer.performer import Performance
    from data_scripts.signer.stage import SCENES

    def short(job, device="cpu"):
        figure = drawn_figure(job.signer + 1)
        rng, lexicon = np.random.default_rng(job.seed), corpus.draw_lexicon(corpus.LEXICON_SIZE, corpus.LEXICON_SEED)
        whole = figure.performer.perform([lexicon[sign] for sign in job.sentence], 200, rng)
        cut = slice(100, 100 + FRAMES * PER_FRAME)
        face = {name: strength[cut] for name, strength in whole.face.items()}
        part = Performance(whole.rotation[cut], whole.position[cut], face, whole.rate, whole.spans)
        return Film(figure, part, SCENES[SETS[job.set].stage](figure.body, rng), device)

    monkeypatch.setattr(corpus, "film", short)


@pytest.mark.parametrize("scale", list(SCALES))
def test_plan(scale):
    """Test sentences unseen, D1's signers the same in both parts, other signers everywhere else."""
    jobs = plan(scale, 0)
    counts, length = SCALES[scale]
    sentences, signers = ({name: set() for name in SETS} for _ in range(2))
    for job in jobs:
        sentences[job.set].add(job.sentence)
        signers[job.set].add(job.signer)
        assert len(job.sentence) == length
    assert {name: sum(job.set == name for job in jobs) for name in SETS} == counts
    assert not sentences["d1_train"] & sentences["d1_test"]
    assert signers["d1_test"] <= set(SETS["d1_train"].signers)
    assert not signers["td2"] & signers["d1_train"] and not signers["td1"] & (signers["d1_train"] | signers["td2"])
    assert len({job.name for job in jobs}) == len(jobs) and plan(scale, 0) == jobs != plan(scale, 1)


def test_embedded_test_has_the_same_signers_as_its_training():
    signers = {name: {job.signer for job in plan("embedded", 0) if job.set == name} for name in SETS}
    assert signers["d1_train"] == signers["d1_test"] == set(range(8)) and signers["td2"] == set(range(12, 18))
    assert SETS["td2"].codec != SETS["d1_test"].codec and SETS["td2"].stage != SETS["d1_test"].stage


def test_make_clip_writes_resumes_and_rewrites(short_films, tmp_path):
    job = plan("tiny", 0)[0]
    folder = make_clip(job, tmp_path)
    assert [path.name for path in sorted(folder.iterdir())] == ["clip.json", "input.mp4", "target.mp4", "truth.npz"]
    (clip,) = clips("d1_train", tmp_path)
    assert clip.target().shape == (FRAMES, 336, 304, 3) and clip.input().shape == (FRAMES, 168, 152, 3)
    assert clip.truth().xyz.shape == clip.metres().shape == (FRAMES, 75, 3)
    assert clip.info["description"].startswith("Synthetic.") and clip.info["signer"] == "S01"
    made = (folder / "target.mp4").stat().st_mtime_ns
    make_clip(job, tmp_path)
    assert (folder / "target.mp4").stat().st_mtime_ns == made, "a whole clip is left as it is"
    (folder / "clip.json").unlink()  # interrupted before the end
    make_clip(job, tmp_path)
    assert (folder / "target.mp4").stat().st_mtime_ns > made, "half a clip is made again"
    made = (folder / "target.mp4").stat().st_mtime_ns
    make_clip(replace(job, seed=job.seed + 1), tmp_path)
    assert (folder / "target.mp4").stat().st_mtime_ns > made, "another recipe is another clip"
    assert json.loads((folder / "clip.json").read_text())["recipe"]["seed"] == job.seed + 1


def test_truth_in_pixels_fits_the_clip(short_films, tmp_path):
    job = plan("tiny", 0)[-1]  # TD2: another codec
    make_clip(job, tmp_path)
    (clip,) = clips("td2", tmp_path)
    shot = corpus.film(job)
    np.testing.assert_allclose(clip.truth().xyz[..., :2], shot.truth()[0].xyz[..., :2], atol=1 / 32)
    assert clip.input_path.suffix == ".webm"


def test_no_clips_says_how_to_make_them(tmp_path):
    with pytest.raises(BadInput, match=r"td1 holds no clips.*synthetic_signers\.py"):
        clips("td1", tmp_path)


def test_script_fails_with_one_sentence(tmp_path, capsys):
    file = tmp_path / "taken"
    file.write_text("a file where the folder should be")
    assert corpus.main(["--scale", "tiny", "--workers", "1", "--out", str(file)]) == 1
    error = capsys.readouterr().err
    assert "taken" in error and "choose another place" in error and "Traceback" not in error
    assert corpus.main(["--check", "--out", str(tmp_path)]) == 1
    assert "holds no clips" in capsys.readouterr().err


def test_script_writes_a_manifest_with_the_command(short_films, tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "plan", lambda scale, seed: plan(scale, seed)[:1])
    assert corpus.main(["--scale", "tiny", "--workers", "1", "--out", str(tmp_path)]) == 0
    entries = json.loads((tmp_path / "manifest.json").read_text())
    assert is_complete(tmp_path) and len(entries) == 4
    assert all("--scale tiny --seed 0" in entry["source"] and len(entry["sha256"]) == 64 for entry in entries)
