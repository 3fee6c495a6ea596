"""The classifier's training: it learns, freezes what it should, and refuses what would become a silent NaN."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lib.ptn import PTN, VTN, training
from lib.ptn.training import Recipe, SignSet, accuracies, batches, collate, predict, train, transfer
from lib.tools.errors import BadInput
from lib.training import drops

QUICK = Recipe(batch=16, epochs=8, learning_rate=2e-3, l1=0)


def easy_signs(signs: int = 4, each: int = 16, seed: int = 0) -> SignSet:
    """Clips of 3 to 8 frames in which the sign's own coordinate stands out."""
    rng = np.random.default_rng(seed)
    labels = np.arange(signs * each) % signs
    clips = [rng.normal(0, 0.1, (rng.integers(3, 9), 12)).astype(np.float32) for _ in labels]
    for clip, label in zip(clips, labels):
        clip[:, label] += 1
    return SignSet(clips, labels)


def small_ptn(classes: int = 4) -> PTN:
    torch.manual_seed(1)
    return PTN(12, classes, dim=16, layers=1, heads=2)


def test_it_learns_and_says_so():
    model, test = small_ptn(), easy_signs(seed=2)
    history = train(model, easy_signs(), easy_signs(seed=1), QUICK)
    assert accuracies(predict(model, test.clips), test.labels) == (1.0, 1.0)
    assert min(row["validation"] for row in history) == -1.0


def test_the_same_seed_gives_the_same_model():
    scores = []
    for seed in (0, 0, 5):
        model = small_ptn()
        train(model, easy_signs(), easy_signs(seed=1), Recipe(batch=32, epochs=2, seed=seed))
        scores.append(predict(model, easy_signs(seed=2).clips))
    assert np.array_equal(scores[0], scores[1]) and not np.allclose(scores[0], scores[2])


@pytest.mark.parametrize("parts, still", [(("classifier",), ("embedding", "sequence")),
                                          (("sequence", "classifier"), ("embedding",))])  # fmt: skip
def test_what_is_frozen_stays(parts, still):
    model = small_ptn()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    train(model, easy_signs(), easy_signs(seed=1), Recipe(batch=32, epochs=1, parts=parts))
    for name, value in model.state_dict().items():
        if name.startswith(still):
            assert torch.equal(value, before[name]), name
    assert not torch.equal(model.classifier.weight, before["classifier.weight"])


def test_transfer_goes_stage_by_stage_and_leaves_the_source_alone():
    source = small_ptn(classes=6)
    before = {name: value.clone() for name, value in source.state_dict().items()}
    reached = transfer(source, 4, easy_signs(), easy_signs(seed=1), QUICK)
    assert list(reached) == ["frozen", "sequence", "all"]
    assert all(torch.equal(value, before[name]) for name, value in source.state_dict().items())
    embeddings = [model.embedding.first.weight for model in reached.values()]
    assert torch.equal(embeddings[0], before["embedding.layers.0.weight"]) and torch.equal(*embeddings[:2])
    assert not torch.equal(*embeddings[1:]) and reached["all"].classifier.out_features == 4


def test_the_second_and_the_third_stage_begin_where_the_first_has_ended(monkeypatch):
    """R2, 5.2. What a stage begins with is looked at as its training is called; each training moves all that it may."""
    begun = []

    def spy(model, learn, judge, recipe, loss):
        begun.append({name: value.clone() for name, value in model.state_dict().items()})
        for part in recipe.parts:
            for value in getattr(model, part).parameters():
                value.data += 1

    monkeypatch.setattr(training, "train", spy)
    reached = transfer(small_ptn(classes=6), 4, easy_signs(), easy_signs(seed=1), QUICK)
    first = reached["frozen"].state_dict()
    assert all(torch.equal(value, first[name]) for stage in begun[1:] for name, value in stage.items())
    assert not torch.equal(begun[0]["classifier.weight"], first["classifier.weight"])


def test_l1_makes_the_first_layer_small():
    sums = []
    for l1 in (0, 0.05):
        model = small_ptn()
        train(model, easy_signs(), easy_signs(seed=1), Recipe(batch=8, epochs=3, learning_rate=1e-3, l1=l1))
        sums.append(float(model.embedding.first.weight.detach().abs().sum()))
    assert sums[1] < 0.9 * sums[0]


def test_micro_counts_clips_and_macro_counts_signs():
    scores = np.eye(3)[[0, 0, 0, 1, 0]]
    assert accuracies(scores, np.array([0, 0, 0, 1, 1])) == (0.8, 0.75)


def test_processes_share_every_clip_of_an_epoch():
    clips, recipe = easy_signs(), Recipe(batch=20)
    whole = [labels for *_, labels in batches(clips, recipe, np.random.default_rng(3))]
    shares = [[labels for *_, labels in batches(clips, recipe, np.random.default_rng(3), rank, 2)] for rank in range(2)]
    assert sorted(torch.cat(whole).tolist()) == sorted(torch.cat(shares[0] + shares[1]).tolist())


def test_every_process_has_as_many_batches():
    """Each waits at every batch for all others: 64 clips in batches of 21 leave one, which two cannot share."""
    clips, recipe = easy_signs(), Recipe(batch=21)
    counts = [len(list(batches(clips, recipe, np.random.default_rng(3), rank, 2))) for rank in range(2)]
    assert counts == [3, 3] and len(list(batches(clips, recipe, np.random.default_rng(3)))) == 4


def test_pictures_travel_as_bytes_from_where_they_lie(tmp_path):
    np.save(tmp_path / "pictures.npy", np.random.default_rng(0).integers(0, 256, (5, 3, 32, 32), np.uint8))
    kept = np.load(tmp_path / "pictures.npy", mmap_mode="r")
    torch.manual_seed(0)
    model, lying = VTN(2), SignSet([kept[:2], kept[2:]], np.array([0, 1]))
    assert isinstance(lying.take([1]).clips[0], np.memmap)
    in_memory = [clip.astype(np.float32) / 255 for clip in lying.clips]
    assert collate(lying.clips)[0].dtype == torch.uint8
    np.testing.assert_allclose(predict(model, lying.clips), predict(model, in_memory), atol=1e-6)


def test_clips_of_one_and_of_ten_thousand_frames_share_a_batch():
    x, mask = collate([np.ones((1, 12), np.float32), np.ones((10_000, 12), np.float32)])
    assert x.shape == (2, 10_000, 12) and mask.sum(dim=1).tolist() == [1, 10_000] and not x[0, 1:].any()


def test_nan_never_reaches_a_loss():
    with pytest.raises(BadInput, match="Clip 1 .* impute"):
        SignSet([np.zeros((2, 3)), np.full((2, 3), np.nan)], np.array([0, 1]))
    with pytest.raises(BadInput, match="Clip 0 is empty"):
        SignSet([np.zeros((0, 3))], np.array([0]))
    with pytest.raises(BadInput, match="a label for each"):
        SignSet([np.zeros((2, 3))], np.array([0, 1]))


@pytest.mark.parametrize(
    "labels", [[-1, 0], ["a", "b"], [np.nan, 0], [[0], [1]]], ids=["negative", "names", "NaN", "two axes"]
)
def test_labels_that_are_no_numbers_of_signs_are_refused(labels):
    with pytest.raises(BadInput, match="whole numbers from 0 on"):
        SignSet([np.zeros((2, 12), np.float32)] * 2, np.array(labels))


def test_clips_and_networks_of_several_layouts_are_refused():
    with pytest.raises(BadInput, match=r"shape \(12,\) in clip 0 and \(13,\) in clip 1"):
        SignSet([np.zeros((2, 12)), np.zeros((2, 13))], np.array([0, 1]))
    other = SignSet([np.zeros((2, 108), np.float32)], np.array([0]))
    for ask in (lambda: train(small_ptn(), other, other, QUICK), lambda: predict(small_ptn(), other.clips)):
        with pytest.raises(BadInput, match="wants 12 numbers a frame, not 108"):
            ask()


def test_a_sign_beyond_the_classes_is_refused_in_training_and_wrong_in_the_test():
    many, few = easy_signs(signs=5), easy_signs()
    with pytest.raises(BadInput, match="4 signs apart, but there is a clip of number 4"):
        train(small_ptn(), many, few, QUICK)
    train(small_ptn(), few, many, Recipe(batch=32, epochs=1))
    assert accuracies(np.eye(4)[[0, 1, 2]], np.array([0, 1, 4])) == (2 / 3, 2 / 3)


def test_a_sign_with_one_example_does_not_stop_the_training():
    clips = easy_signs().take(np.r_[0, np.flatnonzero(easy_signs().labels)])
    assert np.bincount(clips.labels)[0] == 1
    history = train(small_ptn(), clips, easy_signs(seed=1), Recipe(batch=16, epochs=1))
    assert np.isfinite(history[0]["train"])


def test_another_loss_can_be_given():
    train(
        small_ptn(),
        easy_signs(),
        easy_signs(seed=1),
        QUICK,
        loss=lambda s, y: F.cross_entropy(s, y, label_smoothing=0.1),
    )


@pytest.mark.parametrize("patience", [0, 2, 5])
def test_the_learning_rate_falls_as_pytorchs_own_scheduler_lets_it(patience):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=patience, threshold=0, eps=0)
    scores = np.round(np.random.default_rng(4).random(40), 1).tolist()
    for epoch, score in enumerate(scores, 1):
        scheduler.step(score)
        assert optimizer.param_groups[0]["lr"] == pytest.approx(0.1 ** drops(scores[:epoch], patience))
