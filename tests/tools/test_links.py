"""What is written to a link goes where the link leads, and the link stays."""

import numpy as np
import pytest

from lib.tools.errors import BadInput
from lib.tools.files import written_whole
from lib.video import write_video


@pytest.mark.parametrize("there", [True, False])
def test_a_file_that_is_a_link(tmp_path, there):
    target = tmp_path / "disk" / "a.txt"
    target.parent.mkdir()
    if there:
        target.write_text("old")
    (tmp_path / "a.txt").symlink_to("disk/a.txt")
    with written_whole(tmp_path / "a.txt") as partial:
        assert partial.parent == target.parent
        partial.write_text("new")
    assert (tmp_path / "a.txt").is_symlink() and target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["a.txt"]


def test_a_folder_of_frames_that_is_a_link(tmp_path):
    (tmp_path / "disk").mkdir()
    (tmp_path / "frames").symlink_to("disk/frames")
    for count in (2, 1):
        write_video(tmp_path / "frames", np.zeros((count, 4, 4, 3), np.uint8), 25)
        assert (tmp_path / "frames").is_symlink() and len(list((tmp_path / "disk" / "frames").iterdir())) == count


def test_links_that_lead_to_one_another_are_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(BadInput, match="a is a link that leads nowhere"), written_whole(tmp_path / "a"):
        pytest.fail("there is no such place")
