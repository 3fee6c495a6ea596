"""OpenPose's folders, MMPose's JSON and rtmlib's arrays, whole and damaged."""

import json

import numpy as np
import pytest

from lib.imputation import impute, observed
from lib.keypoints import COCO_53, COCO_133, OPENPOSE_54, OPENPOSE_67, read_coco_wholebody, read_openpose
from lib.normalization import normalize
from lib.tools.errors import BadInput


def openpose_person(random, lost_hand=None) -> dict:
    """One person as OpenPose 1.7 writes it (``--hand``, BODY_25, version 1.3); hips, legs and feet not found."""

    def points(number: int) -> np.ndarray:
        return np.column_stack([random.uniform(10, 300, (number, 2)), random.uniform(0.1, 0.9, number)]).round(3)

    body = points(25)
    body[[*range(8, 15), *range(19, 25)]] = 0
    hands = {side: np.zeros((21, 3)) if side == lost_hand else points(21) for side in ("left", "right")}
    return {
        "person_id": [-1],
        "pose_keypoints_2d": body.ravel().tolist(),
        "face_keypoints_2d": [],
        "hand_left_keypoints_2d": hands["left"].ravel().tolist(),
        "hand_right_keypoints_2d": hands["right"].ravel().tolist(),
        "pose_keypoints_3d": [],
    }


def openpose_folder(folder, frames, first=0, name="clip"):
    """Write one file for each frame, which is a list of people."""
    folder.mkdir(exist_ok=True)
    for number, people in enumerate(frames, first):
        path = folder / f"{name}_{number:012d}_keypoints.json"
        path.write_text(json.dumps({"version": 1.3, "people": people}))
    return folder


@pytest.fixture
def random():
    return np.random.default_rng(0)


def test_openpose(tmp_path, random):
    people = [openpose_person(random, lost) for lost in (None, "left", "right")]
    folder = openpose_folder(tmp_path / "out", [[people[0]], [people[1]], [], [people[2]]])
    clip = read_openpose(folder, fps=30, size=(640, 480))
    assert clip.layout == OPENPOSE_67 and clip.xyz.shape == (4, 67, 3) and (clip.fps, clip.size) == (30, (640, 480))
    wrist = np.reshape(people[0]["hand_right_keypoints_2d"], (21, 3))[0]
    np.testing.assert_allclose(clip.part("right_hand")[0, 0, :2], wrist[:2], rtol=1e-6)
    np.testing.assert_allclose(clip.confidence[0, 46], wrist[2], rtol=1e-6)
    assert clip.present("left_hand").tolist() == [True, False, False, True]
    assert clip.present("pose").tolist() == [True, True, False, True]
    assert np.isnan(clip.xyz[:, OPENPOSE_67.hips]).all() and np.isnan(clip.xyz[..., 2]).all()
    small = clip.select(OPENPOSE_54)
    assert small.xyz.shape == (4, 54, 3) and not np.isnan(small.xyz[0, ..., 0]).any()
    assert np.isfinite(normalize(clip, layout=OPENPOSE_54)).all()


def test_openpose_zero_with_confidence_is_a_place(tmp_path, random):
    person = openpose_person(random)
    person["hand_left_keypoints_2d"][:3] = [0.0, 0.0, 0.4]
    clip = read_openpose(openpose_folder(tmp_path / "out", [[person]]))
    assert clip.part("left_hand")[0, 0, :2].tolist() == [0, 0]
    assert observed(clip.xyz, clip.layout.parts)[0, 25]


def test_openpose_orders_by_number_and_takes_the_surest_person(tmp_path, random):
    sure, unsure = openpose_person(random), openpose_person(random)
    unsure["pose_keypoints_2d"][2::3] = [0.001] * 25
    unsure["hand_left_keypoints_2d"] = unsure["hand_right_keypoints_2d"] = []
    folder = openpose_folder(tmp_path / "out", [[unsure, sure]] * 3, first=9)
    for old in folder.glob("*.json"):  # without leading zeros the names sort as 10, 11, 9
        old.rename(folder / f"clip_{int(old.name.split('_')[1])}_keypoints.json")
    moved = json.loads((folder / "clip_9_keypoints.json").read_text())
    moved["people"][1]["pose_keypoints_2d"][0] = 7.0
    (folder / "clip_9_keypoints.json").write_text(json.dumps(moved))
    clip = read_openpose(folder)
    assert clip.xyz[0, 0, 0] == 7 and clip.xyz[1, 0, 0] == np.float32(sure["pose_keypoints_2d"][0])


def test_openpose_without_anybody(tmp_path):
    clip = read_openpose(openpose_folder(tmp_path / "out", [[], []]))
    assert np.isnan(clip.xyz).all() and not impute(clip.xyz, clip.layout.parts).any()
    assert not normalize(clip).any()


def spoil(folder, what, random):
    """Damage the second file of a folder in one way."""
    path = sorted(folder.glob("*.json"))[1]
    person = openpose_person(random)
    if what == "cut short":
        path.write_bytes(path.read_bytes()[:200])
    elif what == "binary":
        path.write_bytes(random.bytes(300))
    elif what == "no people":
        path.write_text('{"version": 1.3}')
    elif what == "COCO body":
        person["pose_keypoints_2d"] = person["pose_keypoints_2d"][: 18 * 3]
        path.write_text(json.dumps({"people": [person]}))
    elif what == "words":
        person["pose_keypoints_2d"][4] = "left"
        path.write_text(json.dumps({"people": [person]}))
    elif what == "infinite":
        person["pose_keypoints_2d"][3] = float("inf")
        path.write_text(json.dumps({"people": [person]}))
    elif what == "left out":
        path.unlink()
    elif what == "two videos":
        path.rename(folder / "other_000000000001_keypoints.json")
    return path.name


WRONG = {
    "cut short": "is not a whole JSON file",
    "binary": "is not a whole JSON file",
    "no people": 'no list of "people"',
    "COCO body": "54 numbers as pose_keypoints_2d, not 75; run OpenPose with BODY_25",
    "words": "something else than numbers",
    "infinite": "cannot be used",
    "left out": "lacks the file of frame 1",
    "two videos": "holds 2 videos",
}


@pytest.mark.parametrize("what", WRONG)
def test_damaged_openpose(what, tmp_path, random):
    folder = openpose_folder(tmp_path / "out", [[openpose_person(random)] for _ in range(3)])
    name = spoil(folder, what, random)
    with pytest.raises(BadInput, match=WRONG[what]) as error:
        read_openpose(folder)
    assert "\n" not in str(error.value) and (name in str(error.value) or str(folder) in str(error.value))


def test_openpose_folder_of_nothing_and_of_shares(tmp_path, random):
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BadInput, match="holds no files like"):
            read_openpose(folder)
    person = openpose_person(random)
    person["pose_keypoints_2d"] = (np.array(person["pose_keypoints_2d"]) / 500).tolist()
    person["hand_left_keypoints_2d"] = person["hand_right_keypoints_2d"] = []
    with pytest.raises(BadInput, match="--keypoint_scale 0"):
        read_openpose(openpose_folder(tmp_path / "shares", [[person]]))


def mmpose_frames(random, frames=3, people=1) -> list[dict]:
    """What MMPose 1.x writes for a video: coordinates for every point, also for those nobody can see."""
    return [
        {
            "frame_id": number,
            "instances": [
                {
                    "keypoints": random.uniform(0, 300, (133, 2)).tolist(),
                    "keypoint_scores": random.uniform(0, 0.5 + (person == people - 1), 133).tolist(),
                    "bbox": [[0, 0, 300, 300]],
                    "bbox_score": 0.9,
                }
                for person in range(people)
            ],
        }
        for number in range(frames)
    ]


@pytest.mark.parametrize("wrapped", [False, True], ids=["inferencer", "demo"])
def test_mmpose(tmp_path, random, wrapped):
    frames = mmpose_frames(random, people=2)
    frames[1]["instances"] = []
    path = tmp_path / "clip.json"
    path.write_text(json.dumps({"meta_info": {}, "instance_info": frames} if wrapped else frames))
    clip = read_coco_wholebody(path, size=(320, 310))
    assert clip.layout == COCO_133 and clip.size == (320, 310) and np.isnan(clip.xyz[..., 2]).all()
    assert clip.present("right_hand").tolist() == [True, False, True]
    surest = frames[2]["instances"][1]
    np.testing.assert_allclose(clip.xyz[2, :, :2], surest["keypoints"], rtol=1e-6)
    np.testing.assert_allclose(clip.confidence[2], surest["keypoint_scores"], rtol=1e-6)
    assert clip.select(COCO_53).xyz.shape == (3, 53, 3)
    assert np.isfinite(normalize(clip, layout=COCO_53)).all()


@pytest.mark.parametrize("people", [None, 2])
def test_rtmlib(tmp_path, random, people):
    shape = (4, 133) if people is None else (4, people, 133)
    places, scores = random.uniform(0, 300, (1, *shape[1:], 2)).repeat(4, axis=0), random.uniform(0, 1, shape)
    np.savez(tmp_path / "clip.npz", keypoints=places, scores=scores)
    clip = read_coco_wholebody(tmp_path / "clip.npz")
    assert len(clip) == 4 and clip.size[0] == int(np.ceil(clip.xyz[..., 0].max()))
    best = places if people is None else places[:, scores.sum(axis=(0, 2)).argmax()]
    np.testing.assert_allclose(clip.xyz[..., :2], best, rtol=1e-6)


def test_damaged_coco(tmp_path, random):
    json_file, npz = tmp_path / "clip.json", tmp_path / "clip.npz"
    text = json.dumps(mmpose_frames(random))
    few = mmpose_frames(random)
    few[0]["instances"][0]["keypoints"] = few[0]["instances"][0]["keypoints"][:17]
    bad = {text[:-300]: "not a whole JSON", "{}": "no list of frames", "[]": "no list of frames"}
    bad |= {'[{"keypoints": []}]': 'without "instances"', json.dumps(few): "COCO-WholeBody model"}
    bad |= {'[{"instances": [3]}]': 'person without "keypoints"'}
    for content, said in bad.items():
        json_file.write_text(content)
        with pytest.raises(BadInput, match=f"clip.json .*{said}"):
            read_coco_wholebody(json_file)
    np.savez(npz, keypoints=np.zeros((2, 17, 2)), scores=np.zeros((2, 17)))
    with pytest.raises(BadInput, match="clip.npz .*COCO-WholeBody model"):
        read_coco_wholebody(npz)
    whole = npz.read_bytes()
    for content in (b"", whole[:100], whole[: len(whole) // 2], b"PK" + random.bytes(100)):
        npz.write_bytes(content)
        with pytest.raises(BadInput, match="clip.npz"):
            read_coco_wholebody(npz)
    np.savez(npz, keypoints=np.array([{"a": 1}], object), scores=np.zeros(1))  # never unpickled
    with pytest.raises(BadInput, match="clip.npz"):
        read_coco_wholebody(npz)
    for missing in (tmp_path / "nowhere.json", tmp_path / "nowhere.npz"):
        with pytest.raises(BadInput, match="does not exist"):
            read_coco_wholebody(missing)


@pytest.mark.parametrize(
    ("places", "scores"),
    [((3, 133, 3), (3, 133)), ((3, 2, 0, 2), (3, 2, 0)), ((798,), (3, 133)), ((), ()), ((3, 133, 2), (3, 133, 1))],
)
def test_arrays_of_other_shapes(places, scores, tmp_path):
    np.savez(tmp_path / "clip.npz", keypoints=np.zeros(places), scores=np.zeros(scores))
    with pytest.raises(BadInput, match="clip.npz has "):
        read_coco_wholebody(tmp_path / "clip.npz")


@pytest.mark.parametrize("values", ["text", True, 1j, np.datetime64("2020-01-01")])
def test_arrays_of_other_types(values, tmp_path):
    np.savez(tmp_path / "clip.npz", keypoints=np.full((3, 133, 2), values), scores=np.zeros((3, 133)))
    with pytest.raises(BadInput, match="clip.npz .*(type|not a whole)"):
        read_coco_wholebody(tmp_path / "clip.npz")
