"""Chip (128x128x3 uint8 RGB: ArcFace template with a margin of 8 px) -> 112x112 training view.

Small turns, scales and shifts stand for a detector's scatter; the degradations for portraits on ID chips and cheap phones: low
resolution, blur, exposure, colour cast, side light, grey, noise, JPEG, and a covered part.
"""
import cv2
import numpy as np

SIDE = 112
CHIP_SIDE = 128
MARGIN = (CHIP_SIDE - SIDE) // 2

cv2.setNumThreads(0)


def clean(chip):
    """The view without any change: the chip without its margin."""
    return chip[MARGIN : MARGIN + SIDE, MARGIN : MARGIN + SIDE]


def view(chip, rng, hard=0.6):
    """One training view; `hard` is the share of views that are degraded."""
    moved = move(chip, rng)
    return degrade(moved, rng) if rng.random() < hard else moved


def move(chip, rng):
    """Mirror image, turn (3 degrees), scale (2.5 %), shift (1.3 px); standard deviations."""
    if rng.random() < 0.5:
        chip = chip[:, ::-1]
    angle, scale = np.deg2rad(rng.normal(0, 3.0)), np.exp(rng.normal(0, 0.025))
    shift_x, shift_y = rng.normal(0, 1.3, 2)
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    to, center = (SIDE - 1) / 2, (CHIP_SIDE - 1) / 2
    matrix = np.array(
        [[cos, -sin, to + shift_x - (cos - sin) * center], [sin, cos, to + shift_y - (sin + cos) * center]], np.float32
    )
    return cv2.warpAffine(np.ascontiguousarray(chip), matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def degrade(x, rng):
    sharpness, light, grey, grain, compression, cover = rng.random(6)
    if sharpness < 0.35:
        x = low_resolution(x, rng)
    elif sharpness < 0.5:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 2.2))
    if light < 0.6:
        x = relight(x, rng)
    if grey < 0.18:
        x = np.repeat(cv2.cvtColor(x, cv2.COLOR_RGB2GRAY)[:, :, None], 3, 2)
    if grain < 0.2:
        noise = rng.integers(-1, 2, x.shape) * int(rng.uniform(3, 18))
        x = np.clip(x.astype(np.int16) + noise, 0, 255).astype(np.uint8)
    if compression < 0.35:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.uniform(15, 70))]
        x = cv2.imdecode(cv2.imencode(".jpg", x, quality)[1], cv2.IMREAD_COLOR)
    if cover < 0.12:
        x = cover_part(x, rng)
    return x


def low_resolution(x, rng):
    """Down to 24..90 px and up again: at 112 px the eyes are 35 px apart, on an ID chip 27."""
    side = int(rng.uniform(24, 90))
    up = cv2.INTER_LINEAR if rng.random() < 0.5 else cv2.INTER_CUBIC
    return cv2.resize(cv2.resize(x, (side, side), interpolation=cv2.INTER_AREA), (SIDE, SIDE), interpolation=up)


def relight(x, rng):
    """Contrast and brightness; at times a colour cast, light from one side, another gamma."""
    y = (x.astype(np.float32) - 127.5) * np.float32(np.exp(rng.normal(0, 0.25))) + np.float32(127.5 + rng.normal(0, 18))
    if rng.random() < 0.3:
        y *= np.exp(rng.normal(0, 0.08, 3)).astype(np.float32)
    if rng.random() < 0.3:
        ramp = 1 + np.linspace(-1, 1, SIDE, dtype=np.float32) * np.float32(rng.normal(0, 0.35))
        y *= ramp[None, :, None] if rng.random() < 0.7 else ramp[:, None, None]
    if rng.random() < 0.3:
        y = 255 * np.clip(y / 255, 0, 1) ** np.float32(np.exp(rng.normal(0, 0.35)))
    return np.clip(y, 0, 255).astype(np.uint8)


def cover_part(x, rng):
    width, height = rng.integers(12, 44, 2)
    left, top = rng.integers(0, SIDE - width), rng.integers(0, SIDE - height)
    x = x.copy()
    x[top : top + height, left : left + width] = rng.integers(0, 256, 3)
    return x
