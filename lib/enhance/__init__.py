"""Low-resolution footage in, a video of twice the size and its keypoints out."""

from lib.enhance.film import MODEL, Summary, enhance
