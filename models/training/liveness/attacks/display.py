"""A photo on a phone's or a monitor's screen: its tones, pixel grid, moire, refresh bands and glare.

Pictures are float32, H x W x 3, RGB from 0 to 1.
"""
import cv2
import numpy as np

from liveness.attacks.printing import grid
from liveness.attacks.settings import Draw


def displayed(photo: np.ndarray, reflected: np.ndarray, draw: Draw) -> np.ndarray:
    """`reflected`: what stands before the screen, same size."""
    out = _tones(photo, draw)
    if draw.chance(0.6):
        out = out * _pixels(photo.shape, draw)
    if draw.chance(0.4):
        out = out * _moire(photo.shape, draw)
    if draw.chance(0.35):
        out = out * _bands(photo.shape, draw)
    return np.clip(_glare(out, reflected, draw), 0, 1)


def _tones(photo: np.ndarray, draw: Draw) -> np.ndarray:
    """Emitted light: bluish as a rule, lifted black; an exposure for the room blows the whites out or leaves the screen dim."""
    tint = np.float32([draw(0.75, 1.05), draw(0.88, 1.05), draw(0.92, 1.25)])
    black = draw(0.0, 0.15)
    bright = (black + (1 - black) * photo ** draw(0.6, 1.5)) * tint * draw(0.65, 1.45)
    bloom = cv2.GaussianBlur(np.clip(bright - 0.7, 0, 1).astype(np.float32), (0, 0), draw(2, 8))
    return bright + draw(0.0, 1.0) * bloom


def _turned(shape: tuple[int, ...], draw: Draw) -> tuple[np.ndarray, np.ndarray]:
    x, y = grid(shape)
    turn = np.deg2rad(draw(-12, 12))
    return x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)


def _pixels(shape: tuple[int, ...], draw: Draw) -> np.ndarray:
    """Columns of red, green and blue and the dark rows between them; sampled at points, so fine grids alias as in a camera."""
    u, v = _turned(shape, draw)
    period, depth, row_depth = draw(1.15, 4.5), draw(0.04, 0.4), draw(0.0, 0.25)
    rows = 1 - row_depth * (0.5 + 0.5 * np.cos(2 * np.pi * v / period))
    columns = [0.5 + 0.5 * np.cos(2 * np.pi * (u / period + channel / 3)) for channel in range(3)]
    return np.stack([(1 - depth * column) * rows for column in columns], -1).astype(np.float32)


def _moire(shape: tuple[int, ...], draw: Draw) -> np.ndarray:
    """Slow coloured fringes, bent by the lens."""
    u, v = _turned(shape, draw)
    side = max(shape)
    bend = draw(0.0, 0.4) * ((u / side - 0.5) ** 2 + (v / side - 0.5) ** 2)
    turn, period = draw(0, np.pi), draw(4.0, 40.0)
    phase = 2 * np.pi * ((u * np.cos(turn) + v * np.sin(turn)) / period + bend * side / period)
    spread, depth = draw(0.0, 2.1), draw(0.02, 0.16)
    return np.stack([1 + depth * np.cos(phase + spread * channel) for channel in range(3)], -1).astype(np.float32)


def _bands(shape: tuple[int, ...], draw: Draw) -> np.ndarray:
    """A rolling shutter meets the refresh."""
    _, y = grid(shape)
    wave = np.cos(2 * np.pi * y / (shape[0] * draw(0.12, 1.2)) + draw(0, 6.3))
    return (1 + draw(0.03, 0.25) * np.sign(wave) * np.abs(wave) ** draw(0.3, 1.0))[..., None].astype(np.float32)


def _glare(photo: np.ndarray, reflected: np.ndarray, draw: Draw) -> np.ndarray:
    """The room mirrored in the glass, and a lamp or a window in it."""
    out = photo + draw(0.0, 0.15) * cv2.GaussianBlur(reflected, (0, 0), draw(1, 5))
    if draw.chance(0.4):
        side = max(photo.shape)
        corners = np.float32([draw(-0.1, 0.9), draw(-0.1, 0.9)]) * side + np.float32([[0, 0], [1, 0.1], [0.9, 1], [0.1, 0.9]]) * draw(0.1, 0.5) * side
        window = cv2.fillConvexPoly(np.zeros(photo.shape[:2], np.float32), corners.astype(np.int32), 1.0)
        out = out + draw(0.05, 0.5) * cv2.GaussianBlur(window, (0, 0), draw(0.8, 6))[..., None]
    return out
