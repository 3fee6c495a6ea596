"""Which language helps which, and probes of a sign's parts: what is compared, what a probe may see, and the rows."""

import numpy as np
import pytest
import torch

from book.chapters import ch11_languages
from book.studies.embeddings import pairs, probes, rows
from book.studies.embeddings.rows import CHANCE, MOMENTS, RANDOM, TRAINED
from book.studies.real_words import few_shots, language_rows
from book.studies.real_words.few_shots import few_shot, fresh, right
from book.studies.real_words.languages import FRAMES, Language
from data_scripts.shared.sign_films import LANGUAGES, lexicon
from data_scripts.signer.phonology import Sign
from lib.evaluation.intervals import Interval
from lib.ptn.training import SignSet
from lib.tools.errors import BadInput


@pytest.fixture(autouse=True)
def small(monkeypatch):
    torch.set_num_threads(1)
    monkeypatch.setattr(few_shots, "KNOWN_STEPS", 1)


def made_up(name: str, words: int = 3, each: int = 9) -> Language:
    rng = np.random.default_rng(len(name))
    labels = np.repeat(np.arange(words), each)
    clips = rng.normal(0, 0.1, (len(labels), FRAMES, 134)).astype(np.float32)
    clips[:, :, -84:] += labels[:, None, None]
    return Language(name, tuple("abc"[:words]), SignSet(list(clips), labels), np.tile(np.arange(each) > 5, words))


def test_a_pair_learns_and_is_judged_as_when_one_of_five_is_left_out(monkeypatch):
    """The same clips, draws and steps, so that the rows from scratch of that study stand beside it."""
    source, target, bodies = made_up("ASL"), made_up("Bhutanese"), []
    monkeypatch.setattr(pairs, "together", lambda *given: bodies.append(fresh(134, 3, 0)) or bodies[0])
    (row,) = pairs.from_one(source, [target], 4, steps=2)
    there = few_shot(bodies[0], target, pairs.SHOTS, 4, 2)["right"]
    assert row["right"] == {way: there[way] for way in ("frozen", "all")} and row["of"] == target.test.sum()


def test_a_pair_stands_beside_the_row_of_its_seed_and_clips():
    row = {"source": "ASL", "language": "DGS", "seed": 1, "of": 50, "right": {"frozen": 1, "all": 2}}
    known = {"language": "DGS", "shots": 5, "seed": 1, "of": 50, "right": {"scratch": 3, "random": 4, "all": 9}}
    (both,) = pairs.beside([row], [known])
    assert both["right"] == {"scratch": 3, "random": 4, "frozen": 1, "all": 2}
    for other in ({"seed": 2}, {"of": 49}, {"shots": 1}):
        with pytest.raises(BadInput, match="no row of the same clips, DGS, seed 1"):
            pairs.beside([row], [known | other])


def test_gains_of_pairs_are_seed_by_seed():
    found = [
        {"source": source, "language": target, "seed": seed, "of": 10, "right": {"all": 5 + seed, "scratch": 5}}
        for source, target in (("a", "b"), ("c", "b"), ("b", "a"))
        for seed in (1, 0)
    ]
    gains = rows.pair_gains(found, "all", "scratch")
    assert gains["a", "b"].mean == 5 and set(gains) == {("a", "b"), ("c", "b"), ("b", "a")}
    assert rows.onto_each(found, "all", "scratch")["b"].tolist() == [0, 10]


def sign(**parts: str) -> Sign:
    return Sign(**{"handshape": "5", "handshape_end": "5", "place": "chest", "orientation": "o", "path": "tap"} | parts)


def test_signs_that_differ_in_one_part_are_a_family():
    signs = [
        sign(),
        sign(place="chin"),
        sign(place="chin", path="hold"),
        sign(place="nose", path="down", hands="mirror"),
        sign(handshape="S", handshape_end="S"),
        sign(handshape="1", place="cheek"),
    ]
    assert len(set(probes.families(signs)[[0, 1, 2, 4]])) == 1
    of = probes.families(signs)
    assert of[3] not in of[[0, 1, 2, 4, 5]] and of[5] not in of[[0, 1, 2, 3, 4]]


@pytest.mark.parametrize("name", LANGUAGES)
def test_each_language_has_families_enough_to_judge_by(name):
    of = probes.families(lexicon(LANGUAGES[name]))
    assert len(set(of)) >= 10 and np.bincount(of).max() <= 6


def test_a_probe_is_judged_on_families_that_it_has_not_seen():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(20), 6)
    values = np.array(["a", "b"])[groups % 2]
    telling = np.where(values == "a", 1.0, -1.0)[:, None] + rng.normal(0, 0.1, (120, 4))
    whose = np.eye(20)[groups] + rng.normal(0, 0.01, (120, 20))  # knows the family, and of the value nothing
    assert sum(right for right, _ in probes.probe(telling, values, groups, groups).values()) == 120
    assert sum(right for right, _ in probes.probe(whose, values, groups, groups).values()) < 90


def test_the_commonest_value_is_that_of_other_families_and_lone_values_are_left_out():
    values, groups = np.array(list("aaabbc")), np.array([0, 1, 1, 2, 3, 3])
    assert probes.commonest(values, groups, groups) == {"0": [1, 1], "1": [0, 2], "2": [0, 1], "3": [0, 2]}
    assert probes.in_two(values, groups).tolist() == [True] * 5 + [False]


def test_vectors_are_what_the_classifier_sees_and_the_mean_of_frames():
    model, clips = fresh(134, 3, 0), made_up("ASL").signs.clips[:4]
    found = probes.vectors(model, clips)
    batch = torch.from_numpy(np.stack(clips))
    with torch.no_grad():
        assert found["clip"] == pytest.approx(model.eval().features(batch).numpy(), abs=1e-5)
        assert found["frames"] == pytest.approx(model.embedding(batch).mean(dim=1).numpy(), abs=1e-5)
    assert right(model, made_up("ASL").signs) <= 27


def test_probes_make_rows_that_tables_and_the_map_can_show(monkeypatch):
    monkeypatch.setattr(probes, "PARTS", {"place": "place", "hands": "hands"})
    rng, labels = np.random.default_rng(0), np.repeat(np.arange(40), 3)
    kinds = (*(f"{kind}, {what}" for kind in (TRAINED, RANDOM) for what in ("clip", "frames")), MOMENTS)
    made = [
        row
        for seed in (0, 1)
        for row in probes.probed("target", {k: rng.normal(0, 1, (120, 5)) for k in kinds}, labels, seed)
    ]
    assert {row["from"] for row in made} == {*kinds, CHANCE}
    table = ch11_languages.parts_table(made, "target", "families")
    assert list(table.columns) == ["place, 5 values", "hands, 3 values"] and len(table) == len(ch11_languages.KINDS)
    assert "kept: more than the commonest value" in ch11_languages.parts_asked(made, "signs")
    drawn = probes.laid_out(rng.normal(0, 1, (120, 5)), labels, "target")
    figure = ch11_languages.map_chart(drawn)
    assert [len(ax.lines) for ax in figure.axes] == [3, 4]


def test_a_square_has_a_frame_where_its_interval_is_on_one_side():
    gains = {("a", "b"): Interval(2, 1, 3, 5), ("b", "a"): Interval(-1, -3, 1, 5)}
    figure = ch11_languages.pairs_chart(gains)
    assert len(figure.axes[0].patches) == 1 and "[+1.0, +3.0]" in {text.get_text() for text in figure.axes[0].texts}


def test_shipped_rows_are_whole():
    found = rows.read_pairs()
    gains = rows.pair_gains(found, "all", "scratch")
    assert len(gains) == 20 and all(one.n >= 5 for one in gains.values())
    known = {(row["language"], row["seed"]): row for row in language_rows.at(language_rows.read()[1], pairs.SHOTS)}
    assert all(row["right"]["scratch"] == known[row["language"], row["seed"]]["right"]["scratch"] for row in found)
    judged, drawn = rows.read_probes()
    for language in LANGUAGES:
        for part in probes.PARTS:
            for apart in ("families", "signs"):
                named = rows.named(judged, language, part, f"{TRAINED}, clip", apart)
                assert named and all(len(values) >= 5 for values in named.values())
    assert {clip["language"] for clip in drawn} == {"target"} and len(drawn) == 480
