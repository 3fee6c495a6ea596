"""How good the letters and the joints are: R3's measures."""

import numpy as np

from lib.joins2sign.photos import LETTERS, Photos
from lib.joins2sign.training import Prediction, in_frame
from lib.metrics import pck, pck_auc

RANGE = 30  # pixels of the 256 frame, up to which the AUC of PCK is taken; R3 (5.1) names none: this fits its figures
THRESHOLDS = tuple(range(RANGE + 1))


def scores(predicted: Prediction, photos: Photos) -> dict:
    """Everything about one test, as plain numbers and lists that fit into a JSON file.

    No answer (-1) counts as wrong, and is in no column of the confusion, whose rows are what was spelled.
    Joints are compared with MediaPipe's (or the true ones) where there are any.
    ``right`` has a "1" for each photo whose letter was read rightly and a "0" for each other one, in the test's order.
    """
    from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

    answers = photos.labels, predicted.letters
    right, there = predicted.letters == photos.labels, np.unique(photos.labels)  # what the test lacks has no recall
    precision, recall, f1, _ = precision_recall_fscore_support(*answers, labels=there, average="macro", zero_division=0)
    by_signer = {str(s): [int(right[photos.signers == s].sum()), int((photos.signers == s).sum())]
                 for s in np.unique(photos.signers)}  # fmt: skip
    table = {
        "n": len(photos),
        "accuracy": float(right.mean()),
        "precision": float(precision),
        "recall": float(recall),
        "f1": float(f1),
        "by_signer": by_signer,
        "confusion": confusion_matrix(*answers, labels=range(len(LETTERS))).tolist(),
        "right": "".join("01"[one] for one in right.astype(int)),
    }
    return table | (joint_scores(predicted.joints, photos) if predicted.joints is not None else {})


def joint_scores(joints: np.ndarray, photos: Photos) -> dict:
    """EPE, median error, PCK at each threshold and its AUC, in pixels of the 256 frame. Joints are (N, 21, 2).

    Mean and median are taken joint by joint, then the mean of those (R3, 5.1). ``median_ends`` and ``auc_ends`` are
    those of 95 % intervals over photos; where fewer than two show a hand, [].
    """
    truth = in_frame(photos)
    distance = np.linalg.norm(joints - truth, axis=-1)
    ends = _ends(joints[photos.found], truth[photos.found]) if photos.found.sum() > 1 else {}
    return {
        "hands": int(photos.found.sum()),
        "epe": float(np.nanmean(distance, axis=0).mean()),
        "median": float(np.nanmedian(distance, axis=0).mean()),
        "pck": [round(pck(joints, truth, 1.0, threshold), 5) for threshold in THRESHOLDS],
        "auc": pck_auc(joints, truth, 1.0, RANGE),
        "median_ends": ends.get("median", []),
        "auc_ends": ends.get("auc", []),
    }


def _ends(joints: np.ndarray, truth: np.ndarray, draws: int = 1000, seed: int = 0) -> dict[str, list[float]]:
    """Of the median error and the AUC, drawing photos: the 21 joints of one are no independent trials."""
    distance = np.linalg.norm(joints - truth, axis=-1)
    each = np.array([pck_auc(found, true, 1.0, RANGE) for found, true in zip(joints, truth)])
    drawn = np.random.default_rng(seed).integers(len(each), size=(draws, len(each)))
    medians = [np.median(distance[rows], axis=0).mean() for rows in drawn]
    figures = {"median": medians, "auc": each[drawn].mean(axis=1)}
    return {name: np.quantile(figure, [0.025, 0.975]).tolist() for name, figure in figures.items()}
