"""The synthetic signer: the body stays whole, the hands stay out of it, movement is smooth, and the truth is true."""

from functools import lru_cache

import numpy as np
import pytest

from book.chapters.ch02_signer import ENDS, blur_study, fastest_frame
from data_scripts.signer.arm import ANGLES
from data_scripts.signer.body import Body
from data_scripts.signer.figure import SIGNERS, draw_signer
from data_scripts.signer.film import FPS, PER_FRAME, Film
from data_scripts.signer.performer import Performance, Performer
from data_scripts.signer.phonology import HANDSHAPES, ORIENTATIONS, PLACES, draw_lexicon, draw_sentence
from data_scripts.signer.stage import SCENES
from lib.keypoints import HOLISTIC_75

RATE = 100.0


@lru_cache(maxsize=4)
def performer(signer: int) -> Performer:
    return Performer(Body(SIGNERS[signer].phenotype), SIGNERS[signer].manner)


@lru_cache(maxsize=16)
def performance(signer: int, seed: int = 0, signs: int = 4) -> Performance:
    rng = np.random.default_rng([signer, seed])
    lexicon = draw_lexicon(60, 1)
    return performer(signer).perform([lexicon[i] for i in draw_sentence(lexicon, signs, rng)], RATE, rng)


@pytest.fixture(scope="module")
def film() -> Film:
    """Signer 5 (light hair, long sleeves) making one sign in the studio."""
    from data_scripts.signer.figure import Figure

    figure, rng = Figure(SIGNERS[5]), np.random.default_rng(7)
    signing = figure.performer.perform(draw_lexicon(60, 1)[3:4], FPS * PER_FRAME, rng)
    return Film(figure, signing, SCENES["studio"](figure.body, rng))


def excerpt(film: Film, moments) -> Film:
    """The same scene with only some moments of the performance."""
    old = film.performance
    face = {name: strength[moments] for name, strength in old.face.items()}
    return Film(film.figure, Performance(old.rotation[moments], old.position[moments], face, old.rate, []), film.stage)


def test_body_at_rest_is_where_it_was():
    body = performer(0).body
    rotation, position = body.forward_kinematics({}, frames=2)
    np.testing.assert_allclose(position, np.broadcast_to(body.rest_joints, position.shape), atol=1e-5)
    np.testing.assert_allclose(rotation, np.broadcast_to(np.eye(3), rotation.shape), atol=1e-6)
    vertices = body.skin(rotation, position)
    np.testing.assert_allclose(vertices[1], body.rest_vertices, atol=1e-4)


def test_bones_keep_their_length():
    body, signing = performer(0).body, performance(0)
    for parent, child in (
        ("upperarm01.R", "upperarm02.R"),
        ("lowerarm01.L", "lowerarm02.L"),
        ("finger2-1.R", "finger2-2.R"),
    ):
        length = np.linalg.norm(
            signing.position[:, body.index[child]] - signing.position[:, body.index[parent]], axis=-1
        )
        np.testing.assert_allclose(length, np.linalg.norm(body.joint(child) - body.joint(parent)), rtol=1e-3)


@pytest.mark.parametrize("signer", [0, 3, 6, 9, 12, 15])
def test_hands_stay_out_of_head_and_trunk(signer):
    """Every sphere that fills hand and forearm stays outside: measured, the closest comes to some 3 mm of the skin."""
    trunk = performer(signer).body.index["spine01"]
    for seed in range(3):
        signing = performance(signer, seed)
        for side in "LR":
            centers, radius = performer(signer).spheres(side, signing.rotation, signing.position)
            at_rest = np.einsum(
                "tba,tsb->tsa", signing.rotation[:, trunk], centers - signing.position[:, trunk, None]
            ) + performer(signer).body.joint("spine01")
            depth = radius - performer(signer).clearance.distance(at_rest)
            assert depth.max() < 0.002, f"signer {signer}, sentence {seed}: {1000 * depth.max():.1f} mm deep"


def test_clearance_knows_inside_from_outside():
    clearance, body = performer(0).clearance, performer(0).body
    inside, outside = body.joint("spine01"), body.joint("spine01") + np.array([0, -0.4, 0])
    assert clearance.distance(inside) < -0.03 and clearance.distance(outside) > 0.1
    near = body.joint("head") + np.array([[0, -0.25, 0.05]])
    assert clearance.outward(near)[0, 1] < -0.8, "in front of the face, out is forward"


@pytest.mark.parametrize("signer", [0, 9])
def test_movement_is_smooth(signer):
    """No joint jumps: real signing stays near 3 m/s at the wrist, and a jump would show as a huge acceleration."""
    body = performer(signer).body
    wrists = performance(signer).position[:, [body.index["wrist.L"], body.index["wrist.R"]]]
    speed = np.linalg.norm(np.diff(wrists, axis=0), axis=-1) * RATE
    acceleration = np.linalg.norm(np.diff(wrists, n=2, axis=0), axis=-1) * RATE**2
    assert 0.5 < speed.max() < 4
    assert acceleration.max() < 130 and np.percentile(acceleration, 99) < 70  # metres a second squared


def test_strokes_are_in_the_performance():
    signing = performance(0)
    assert len(signing.spans) == 4
    times = np.array(signing.spans)
    assert (np.diff(times.ravel()) > 0).all() and times[-1, 1] < len(signing.position) / RATE


def test_same_seed_same_movement_other_seed_other():
    lexicon = draw_lexicon(60, 1)
    one, again, other = (performer(0).perform(lexicon[:2], RATE, np.random.default_rng(s)) for s in (5, 5, 6))
    np.testing.assert_array_equal(one.rotation, again.rotation)
    np.testing.assert_array_equal(one.position, again.position)
    assert one.rotation.shape != other.rotation.shape or not np.allclose(one.rotation, other.rotation)


def test_eighteen_people_who_differ():
    assert len({signer.name for signer in SIGNERS}) == len(SIGNERS) == 18
    assert len({signer.phenotype for signer in SIGNERS}) == 18 and len({signer.style for signer in SIGNERS}) == 18
    assert len({signer.style.skin_tone for signer in SIGNERS}) >= 6
    assert sum(signer.manner.left_handed for signer in SIGNERS) == 2
    assert draw_signer(4) == SIGNERS[3], "a signer's number always draws the same person"


def test_two_lexicons_share_the_parts_but_not_the_words():
    one, other = draw_lexicon(60, 1), draw_lexicon(60, 2)
    assert len(set(one)) == len(set(other)) == 60 and one == draw_lexicon(60, 1)
    assert len(set(one) & set(other)) <= 2, "a chance likeness, as between real languages, but no more"
    for part in ("handshape", "place", "path"):
        first, second = ({getattr(sign, part) for sign in lexicon} for lexicon in (one, other))
        assert len(first & second) > 0.6 * len(first | second), part


def test_signs_are_made_of_known_parts():
    for sign in draw_lexicon(60, 1):
        assert {sign.handshape, sign.handshape_end} <= set(HANDSHAPES)
        assert sign.orientation in ORIENTATIONS and (sign.hands == "base" or sign.orientation in PLACES[sign.place][3])
    assert all(len(shape) == len(ANGLES) for shape in HANDSHAPES.values())


def test_sentences_have_a_long_tail_and_no_stutter():
    sentence = np.array(draw_sentence(draw_lexicon(60, 1), 2000, np.random.default_rng(0)))
    assert (sentence[1:] != sentence[:-1]).all()
    counts = np.bincount(sentence, minlength=60)
    assert counts[:10].sum() > 2.5 * counts[-30:].sum() / 3 and counts[-1] < counts[0] / 5


def test_film_has_the_size_it_says(film):
    frames = list(excerpt(film, slice(0, 3 * PER_FRAME)).sharp())
    assert len(frames) == 3 and all(frame.shape == (336, 304, 3) and frame.dtype == np.uint8 for frame in frames)
    blurred = list(excerpt(film, slice(0, 2 * PER_FRAME)).blurred(0.5))
    assert len(blurred) == 2 and blurred[0].shape == (336, 304, 3) and blurred[0].dtype == np.uint8
    assert len(film) == len(film.performance.rotation) // PER_FRAME


def test_who_stands_still_is_not_blurred_and_who_moves_is(film):
    """The rest is edges: the sharp frame and the open shutter smooth them with different rays."""
    moving = excerpt(film, np.arange(PER_FRAME) + fastest_frame(film) * PER_FRAME)
    still = excerpt(film, np.full(PER_FRAME, moving.middles[0] + fastest_frame(film) * PER_FRAME))
    differences = []
    for part in (still, moving):
        sharp, blurred = next(part.sharp()).astype(int), next(part.blurred(1.0)).astype(int)
        differences.append(np.abs(sharp - blurred).max(-1))
    assert differences[0].mean() < 0.5 and (differences[0] > 40).mean() < 0.002
    assert differences[1].mean() > 2 * differences[0].mean()


def test_the_truth_lies_on_the_person(film):
    """Before a black backdrop, every joint that is in the picture has a lit pixel near it."""
    frame = fastest_frame(film)
    truth, metres = film.truth()
    assert truth.xyz.shape == (len(film), 75, 3) and metres.shape == (len(film), 75, 3)
    picture = next(excerpt(film, np.arange(PER_FRAME) + frame * PER_FRAME).sharp())
    lit = picture.max(-1) > 30
    inside = truth.confidence[frame] > 0
    columns, rows = np.floor(truth.xyz[frame, inside, :2]).astype(int).T
    around = [lit[max(r - 3, 0) : r + 4, max(c - 3, 0) : c + 4].any() for r, c in zip(rows, columns)]
    assert np.mean(around) > 0.97
    nose, left, right = truth.xyz[frame, 0], truth.xyz[frame, 11], truth.xyz[frame, 12]
    assert nose[1] < left[1] and left[0] > right[0], "head above shoulders; the left shoulder is right in the picture"


def test_the_truths_wrists_are_the_hands_wrists(film):
    truth, metres = film.truth()
    hands = HOLISTIC_75.parts
    for wrist, part in ((15, "left_hand"), (16, "right_hand")):
        np.testing.assert_allclose(truth.xyz[:, wrist], truth.part(part)[:, 0], atol=1e-3)
        size = np.linalg.norm(metres[:, hands[part].start + 12] - metres[:, hands[part].start], axis=-1)
        assert (size < 0.23).all() and size.max() > 0.05  # wrist to the middle finger's tip, metres


def test_excerpt_and_blur_study(film):
    """The true blur is nearer to itself than anything; the flow is nearer to it than no blur, where things move."""
    from book.chapters.ch02_signer import excerpt as shortened

    part = shortened(film, fastest_frame(film) - 3, 7)
    assert len(part) == 7
    np.testing.assert_array_equal(part.truth()[0].xyz[3], film.truth()[0].xyz[fastest_frame(film)])
    study = blur_study(part, shutter=1.0)
    assert study.sharp.shape == study.true.shape == study.flow.shape == (7 - 2 * ENDS, 336, 304, 3)
    assert 0.005 < study.moving.mean() < 0.5
    nearness = study.nearness()
    assert nearness["flow, moving"] > nearness["unblurred, moving"] + 1
    assert nearness["flow, still"] > nearness["flow, moving"] + 5


def test_portraits(film):
    from book.chapters.ch02_signer import box_around, hand_pictures, portrait, sign_strip

    sign = draw_lexicon(60, 1)[3]
    assert portrait(film.figure, sign, 0).shape == (168, 152, 3)
    strip = sign_strip(film.figure, sign, 0, pictures=3)
    assert len(strip) == 3 and (strip[0] != strip[1]).any()
    assert box_around((50, 1), 20, (100, 80)) == (40, 0, 60, 20) and box_around((99, 99), 20, (100, 80)) == (
        80,
        60,
        100,
        80,
    )
    fist, spread = hand_pictures(film.figure, ["S", "5"], 0, size=64)
    assert fist.shape == (64, 64, 3) and np.abs(fist.astype(int) - spread).mean() > 3
