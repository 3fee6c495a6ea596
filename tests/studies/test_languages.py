"""Five languages: what judges, which words are left out, how networks learn of several, and a folder of one's own."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from book.studies import transfer
from book.studies.real_words import few_shots, known_signs, language_rows, new_language
from book.studies.real_words.few_shots import few_shot, fresh, head, heads, together, with_classifier, within_heads
from book.studies.real_words.languages import FRAMES, Language, at_moments, last_third, posture_recall, without_leaks
from data_scripts.shared.word_archive import Words
from lib.ptn.training import SignSet
from lib.tools.errors import BadInput
from lib.tools.files import sha256, write_json

FACE = slice(0, 22)  # of a frame's 134 numbers: x and y of the face's points, which posture sees


def made_up(words: int = 3, each: int = 6, leaking: int | None = None, seed: int = 0) -> Language:
    """Hands tell the word, the face does not, unless the word leaks."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(words), each)
    clips = rng.normal(0, 0.1, (len(labels), FRAMES, 134)).astype(np.float32)
    clips[:, :, -84:] += labels[:, None, None]
    clips[labels == leaking, :, FACE] += 5
    test = np.tile(np.arange(each) >= each - each // 3, words)
    return Language("made up", tuple("abcdefgh"[:words]), SignSet(list(clips), labels), test)


STEPS = 3


@pytest.fixture(autouse=True)
def small():
    torch.set_num_threads(1)


def test_the_last_third_judges_and_one_at_least():
    words = Words(("a", "b"), [None] * 8, np.array([0] * 6 + [1] * 2), np.array([0, 5, 2, 3, 4, 1, 1, 0]))
    assert np.flatnonzero(last_third(words)).tolist() == [1, 4, 6]


def test_moments_are_evenly_apart():
    assert at_moments(np.arange(11), 3).tolist() == [0, 5, 10] and at_moments(np.arange(2), 4).tolist() == [0, 0, 1, 1]


def test_a_word_that_posture_names_is_left_out():
    one = made_up(4, 12, leaking=1)
    recall = posture_recall(one)
    assert recall[1] == 1 and recall[[0, 2, 3]].max() < 0.9
    judged = without_leaks(one)
    assert judged.words == ("a", "c", "d") and "b: posture alone names 100 %" in judged.left_out[0]
    assert np.bincount(judged.signs.labels).tolist() == [12] * 3 and len(judged.test) == 36 and judged.pool == 8
    with pytest.raises(BadInput, match="two are needed"):
        without_leaks(made_up(2, 12, leaking=1))


def test_posture_is_judged_by_the_pool_alone():
    one = made_up(3, 9)
    other = [clip + 9 * test for clip, test in zip(one.signs.clips, one.test)]
    changed = replace(one, signs=SignSet(other, one.signs.labels))
    assert posture_recall(one).tolist() == posture_recall(changed).tolist()


def test_heads_are_asked_among_their_own_signs_alone():
    loss = within_heads(np.array([0, 2, 5]))
    every, labels = torch.tensor([[0.0, 1, 99, 99, 99], [99, 99, 1, 0, 0]]), torch.tensor([1, 2])
    own = [(torch.tensor([0.0, 1]), 1), (torch.tensor([1.0, 0, 0]), 1)]
    by_hand = torch.stack([torch.logsumexp(scores, 0) - right for scores, right in own])
    assert torch.isclose(loss(every, labels), by_hand.mean())


def test_one_network_learns_several_languages_and_each_head_is_its_slice():
    languages = [made_up(3), replace(made_up(2, seed=1), name="other")]
    starts = heads(languages)
    assert starts.tolist() == [0, 3, 5]
    model = together(languages, [one.signs for one in languages], 2, 0)
    model.eval()
    clips = torch.tensor(np.stack(languages[1].signs.clips))
    with torch.inference_mode():
        assert torch.allclose(head(model, 3, 5).eval()(clips), model(clips)[:, 3:], atol=1e-5)


def test_the_first_stage_leaves_the_body_alone_and_converges():
    one, body = made_up(), fresh(134, 5, 1)
    before = {name: value.clone() for name, value in body.state_dict().items()}
    model = with_classifier(body, one.signs, 3, 0)
    assert few_shots.right(model, one.signs) == len(one.signs)
    assert all(torch.equal(value, before[name]) for name, value in body.state_dict().items())
    same = {name: value for name, value in model.state_dict().items() if not name.startswith("classifier")}
    assert all(torch.equal(value, before[name]) for name, value in same.items())


def test_every_way_is_judged_and_none_sees_the_test_part(monkeypatch):
    one, seen = made_up(), []
    monkeypatch.setattr(few_shots, "train", lambda net, learn, judge, recipe, loss: seen.append(learn))
    found = few_shot(fresh(134, 4, 0), one, 2, 0, STEPS)
    assert set(found["right"]) == set(few_shots.WAYS) and set(found["learned"]) == set(few_shots.NETWORKS)
    assert all(0 <= count <= one.test.sum() for count in found["right"].values())
    tests = {clip.tobytes() for clip in one.signs.take(one.test).clips}
    assert len(seen) == 3 and not any(clip.tobytes() in tests for part in seen for clip in part.clips)


def test_a_stage_has_as_many_steps_as_it_is_told(tmp_path, monkeypatch):
    """Of a folder of one's own as of the five languages."""
    told, one = [], made_up()
    monkeypatch.setattr(few_shots, "learned", lambda net, learn, number, *rest, **more: told.append(number) or net)
    few_shot(fresh(134, 4, 0), one, 2, 0, 7)
    assert told == [14, 7, 7], "from scratch twice as many"
    monkeypatch.setattr(new_language, "few_shot", lambda *given: told.append(given[-1]) or few_shot(*given))
    new_language.few_shot_table(one, fresh(134, 4, 0), (1,), 1, 4)
    assert told[3:] == [4, 8, 4, 4]


def test_a_study_is_kept_gathered_and_not_repeated(tmp_path, monkeypatch, capsys):
    languages = [replace(made_up(2, seed=seed), name=name) for seed, name in enumerate(("ASL", "DGS", "ISL"))]
    monkeypatch.setattr(transfer, "read_languages", lambda: languages)
    monkeypatch.setattr(few_shots, "KNOWN_STEPS", 2)
    options = ["--cache", str(tmp_path / "cache"), "--ship", str(tmp_path / "rows.json")]
    options += ["--seeds", "1", "--heads", "2", "--shots", "2", "9", "--steps", str(STEPS)]
    assert transfer.main(options) == 0 and "3 and 6 rows" in capsys.readouterr().out
    kept = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()}
    assert transfer.main(options) == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").iterdir()} == kept
    facts, rows, joint = language_rows.read(tmp_path / "rows.json")
    assert (
        [row["language"] for row in rows] == ["ASL", "DGS", "ISL"]
        and facts["words"]["ASL"] == 2
        and facts["steps"] == STEPS
    )
    assert set(joint[0]["right"]) == {"alone", "together"}


def test_a_network_of_ones_own_is_the_one_from_scratch(tmp_path, monkeypatch):
    """So it is not trained twice."""
    monkeypatch.setattr(transfer, "JUDGED", 2)
    one = made_up()
    scratch = few_shot(fresh(134, 4, 0), one, 2, 0, STEPS)
    (alone,) = transfer.one_or_many([one], 0, tmp_path, STEPS)
    assert all(alone[what]["alone"] == scratch[what]["scratch"] for what in ("right", "learned"))
    write_json(tmp_path / "left-out-made up-2-0.json", {what: {"scratch": 1} for what in ("right", "learned")})
    assert transfer.one_or_many([one], 0, tmp_path, STEPS)[0]["right"]["alone"] == 1


def test_an_interval_over_languages_is_the_wider_of_two():
    values = {"a": np.full(4, 1.0), "b": np.full(4, 2.0), "c": np.full(4, 3.0)}
    found = language_rows.over_languages(values)
    assert (found.mean, found.n) == (2.0, 3) and found.low == pytest.approx(2 - 4.303 / 3**0.5, abs=1e-3)
    noisy = {name: np.array([-9.0, 9.0]) + at for at, name in enumerate("abc")}
    assert language_rows.over_languages(noisy).low < 1 - 4.303 / 3**0.5, "seeds count as well"


def test_gains_are_paired_by_language_and_seed():
    rows = [
        {"language": "a", "shots": 5, "seed": seed, "of": 10, "right": {"all": 5 + seed, "scratch": 5}}
        for seed in (0, 1)
    ]
    assert language_rows.gains(rows, "all", "scratch")["a"].tolist() == [0, 10]
    assert language_rows.shares(language_rows.at(rows, 5), "all")["a"].tolist() == [50, 60]


def test_a_folder_of_ones_own(tmp_path, monkeypatch, capsys):
    rng = np.random.default_rng(0)
    for word in ("yes", "no", "once"):
        (tmp_path / "mine" / word).mkdir(parents=True)
        for number in range(1 if word == "once" else 6):
            np.save(tmp_path / "mine" / word / f"{number}.npy", rng.uniform(0.2, 0.8, (5, 258)))
    np.save(tmp_path / "mine" / "yes" / "9.npy", np.zeros((5, 258)))
    monkeypatch.setattr(new_language, "read_known", lambda: fresh(134, 4, 0))
    assert transfer.main(["--new", str(tmp_path / "mine"), "--seeds", "2", "--steps", str(STEPS)]) == 0
    said = capsys.readouterr().out
    for words in (*few_shots.WAYS.values(), new_language.GAIN, "2 examples", "Left out: 2.", "once: 1 recording",
                  "yes/9.npy is zero", "by chance 50.0"):  # fmt: skip
        assert words in said, said
    assert "5 examples" not in said, "four recordings are there to learn from"
    assert transfer.main(["--new", str(tmp_path / "none")]) == 1
    assert "MP_Data" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"half"])
def test_damaged_weights_are_one_sentence(tmp_path, content):
    path = tmp_path / "ptn-signs.safetensors"
    if content:
        path.write_bytes(content)
    with pytest.raises(BadInput, match="known_signs"):
        known_signs.read(path)


def test_the_network_that_ships_learned_from_free_data_alone():
    facts, model = json.loads(known_signs.SHIPPED.with_suffix(".json").read_text()), known_signs.read()
    assert facts["sha256"] == sha256(known_signs.SHIPPED)
    assert set(facts["learned from"]) == {"synthetic source", "synthetic target", "ASL", "DGS"}
    assert set(facts["licences"].values()) == {"MIT", "Unlicense"}
    assert model.classifier.out_features == sum(facts["signs"].values())


def test_shipped_rows_are_whole():
    facts, rows, joint = language_rows.read()
    judged = language_rows.at(rows, transfer.JUDGED)
    assert all(len(values) >= transfer.SEEDS for values in language_rows.shares(judged, "all").values())
    assert all(len(values) >= transfer.HEADS_SEEDS for values in language_rows.shares(joint, "alone").values())
    assert len(facts["words"]) == len({row["language"] for row in judged}) == 5
    assert all(0 <= count <= row["of"] for row in rows + joint for count in row["right"].values())
