"""Films and pictures: in, out, cut, copied."""

from lib.video.film import FORMATS, VIDEOS, read_all, read_video, write_video
from lib.video.survey import VideoInfo, probe
