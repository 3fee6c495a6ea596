"""What an upsampler is trained to lower: L1, L2, SSIM + L1, and the same with the hands counted twice (R1, III-E).

Pictures are float batches (N, C, H, W) in [0, 1]. A ``weight``, (N, 1, H, W) or anything that fits to the pictures,
multiplies every term at every pixel before the mean: what lies inside a weight of 2 counts twice, what lies outside
counts as ever. The sum of the weights does not divide, so that a batch split over many processes gives the same loss.
All is computed in float32 (float64 stays), also where autocast would take fewer bits: SSIM's variances are small
differences of large numbers. Pictures of two shapes, and a weight that does not fit to them, raise BadInput.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from lib.tools.errors import BadInput

WINDOW, SIGMA = 11, 1.5
C1, C2 = 0.01**2, 0.03**2  # keep the quotients finite where a window is black, or flat; data range 1
GREY = 0.5  # taken off before squaring: the variances stay, and keep more of their digits


def l1(pred: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of weight * |pred - target|, a scalar."""
    return _mean(_difference(pred, target).abs(), weight)


def l2(pred: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of weight * (pred - target)^2, a scalar."""
    return _mean(_difference(pred, target).square(), weight)


def ssim_l1(pred: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of weight * (1 - SSIM + |pred - target|), a scalar. R1 names the terms, not their shares."""
    return _mean(1 - ssim_map(pred, target) + _difference(pred, target).abs(), weight)


def ssim_l2(pred: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of weight * (1 - SSIM + (pred - target)^2), a scalar: tried by R1 (III-E), which gives no figure of it."""
    return _mean(1 - ssim_map(pred, target) + _difference(pred, target).square(), weight)


def ssim(pred: Tensor, target: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of weight * (1 - SSIM), a scalar; by itself not among what R1 tried."""
    return _mean(1 - ssim_map(pred, target), weight)


def ssim_map(pred: Tensor, target: Tensor) -> Tensor:
    """Structural similarity around every pixel, (N, C, H, W), in [-1, 1]; 1 where the pictures are alike.

        SSIM = (2 m_x m_y + C1) (2 s_xy + C2) / ((m_x^2 + m_y^2 + C1) (s_x^2 + s_y^2 + C2))

    with means m, variances s^2 and covariance s_xy under a Gaussian window (11, sigma 1.5), each channel by itself.
    The code has both quotients as 1 minus a share of error, by 2ab = a^2 + b^2 - (a - b)^2: four blurs instead of
    five, and no small differences of large numbers where the pictures are nearly alike.

    Every pixel of the picture gets a value, so that each can be weighted: beyond the border the picture goes on
    mirrored about its outermost pixel ("reflect"), as in torchmetrics and kornia. Wang et al. leave out the outer 5
    pixels instead. Raises BadInput if a side is below 6 pixels.

    Source: Wang, Bovik, Sheikh, Simoncelli, 2004, *Image quality assessment*, eq. 13.
    """
    check_pair(pred, target)
    if min(pred.shape[-2:]) <= WINDOW // 2:
        raise BadInput(f"SSIM needs pictures of at least 6 x 6 pixels, not {tuple(pred.shape)}: give larger crops.")
    with torch.autocast(pred.device.type, enabled=False):
        x, y = padded_planes(pred) - GREY, padded_planes(target) - GREY
        error = x - y
        mean_x, mean_y = window_mean(x), window_mean(y)
        mean_error = (mean_x - mean_y) ** 2
        error_variance = window_mean(error * error) - mean_error
        variances = window_mean(x * x + y * y) - (mean_x * mean_x + mean_y * mean_y)
        luminance = 1 - mean_error / ((mean_x + GREY) ** 2 + (mean_y + GREY) ** 2 + C1)
        structure = 1 - error_variance / (variances + C2)
        return (luminance * structure).reshape(pred.shape)


def hand_weights(wrists: Tensor, size: tuple[int, int], radius: float | Tensor, inside: float = 2.0) -> Tensor:
    """Weights (N, 1, H, W) float32: ``inside`` within a circle around each wrist, 1 elsewhere.

    ``wrists`` (N, 2, 2) are x and y in pixels of the target (0 is the middle of the first pixel); a wrist that is NaN,
    or whose radius is NaN, gets no circle. ``size`` is the target's (height, width). ``radius``, in the same pixels, is
    one number or (N,); R1 (III-E) has circles, of a size that it does not give: ours is half the shoulder width. Raises
    BadInput for wrists or radii of another shape.
    """
    check_wrists(wrists, radius)
    height, width = size
    x = torch.arange(width, device=wrists.device)
    y = torch.arange(height, device=wrists.device)[:, None]
    radius = torch.as_tensor(radius, dtype=torch.float32, device=wrists.device)
    at = wrists.float()[..., None, None]
    squared = (x - at[:, :, 0]) ** 2 + (y - at[:, :, 1]) ** 2  # (N, 2, H, W)
    near = (squared <= radius.reshape(-1, 1, 1, 1) ** 2).any(dim=1, keepdim=True)  # False for NaN
    return torch.where(near, inside, 1.0)


def check_wrists(wrists: Tensor, radius: float | Tensor) -> None:
    """Raises BadInput for what `hand_weights` cannot draw."""
    if wrists.ndim != 3 or wrists.shape[-1] != 2 or torch.as_tensor(radius).numel() not in (1, len(wrists)):
        shapes = f"{tuple(wrists.shape)} and {tuple(torch.as_tensor(radius).shape)}"
        raise BadInput(f"Circles need wrists (N, 2, 2), as x and y, and one radius or (N,), not {shapes}.")


def padded_planes(x: Tensor) -> Tensor:
    """(N, C, H, W) -> (1, N C, H + 10, W + 10): full precision, mirrored beyond the border.

    On the CPU all planes lie side by side at every pixel: so many fill vector registers, as three colours would not,
    and convolutions of single planes are fastest.
    """
    planes = x.to(torch.promote_types(x.dtype, torch.float32)).reshape(1, -1, *x.shape[-2:])
    planes = F.pad(planes, 4 * (WINDOW // 2,), mode="reflect")
    return planes.contiguous(memory_format=torch.channels_last) if x.device.type == "cpu" else planes


def window_mean(planes: Tensor) -> Tensor:
    """Mean under the Gaussian window, along x, then along y: (1, P, H + 10, W + 10) -> (1, P, H, W)."""
    count = planes.shape[1]
    offsets = torch.arange(WINDOW, dtype=planes.dtype, device=planes.device) - WINDOW // 2
    window = torch.softmax(-(offsets**2) / (2 * SIGMA**2), dim=0).expand(count, 1, 1, WINDOW)
    return F.conv2d(F.conv2d(planes, window, groups=count), window.mT, groups=count)


def _difference(pred: Tensor, target: Tensor) -> Tensor:
    check_pair(pred, target)
    return pred.to(torch.promote_types(pred.dtype, torch.float32)) - target


def _mean(terms: Tensor, weight: Tensor | None) -> Tensor:
    if weight is None:
        return terms.mean()
    if weight.shape[-2:] != terms.shape[-2:] or any(a not in (1, b) for a, b in zip(weight.shape, terms.shape)):
        shapes = f"{tuple(weight.shape)} and {tuple(terms.shape)}"
        raise BadInput(f"Weights do not fit to the pictures, {shapes}: weigh each picture, at the target's size.")
    return (weight * terms).mean()


def check_pair(pred: Tensor, target: Tensor) -> None:
    """Raises BadInput for pictures that are not both (N, C, H, W), of one shape."""
    if pred.shape != target.shape or pred.ndim != 4:
        shapes = f"{tuple(pred.shape)} and {tuple(target.shape)}"
        raise BadInput(f"A loss needs pictures of one shape (N, C, H, W), not {shapes}: crop or enlarge one of them.")
