"""Films and pictures: in, out, cut, copied."""

from lib.video.film import FORMATS, VIDEOS, VideoInfo, probe, read_all, read_video, write_video

__all__ = ["FORMATS", "VIDEOS", "VideoInfo", "probe", "read_all", "read_video", "write_video"]
