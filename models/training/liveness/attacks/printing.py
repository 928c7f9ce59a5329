"""A photo as a print on paper: the inks' gamut, halftone screens, paper, bend and gloss.

Pictures are float32, H x W x 3, RGB from 0 to 1.
"""
import cv2
import numpy as np

from liveness.attacks.settings import Draw

SCREEN_ANGLES = (15.0, 75.0, 0.0)  # degrees, of cyan, magenta and yellow: the trade's usual ones


def grid(shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    return x, y


def printed(photo: np.ndarray, draw: Draw) -> np.ndarray:
    out = _gamut(photo, draw)
    if draw.chance(0.7):
        out = _halftone(out, draw)
    return np.clip(_light(_paper(out, draw), draw), 0, 1)


def paper_colour(draw: Draw) -> np.ndarray:
    return np.float32([draw(0.86, 1.0), draw(0.86, 1.0), draw(0.82, 1.0)])


def _gamut(photo: np.ndarray, draw: Draw) -> np.ndarray:
    """Less saturated than the photo, black that is not black, white that is the paper's."""
    grey = photo @ np.float32([0.3, 0.59, 0.11])
    muted = grey[..., None] + draw(0.4, 0.95) * (photo - grey[..., None])
    black = draw(0.04, 0.25)
    return (black + (1 - black) * np.clip(muted, 0, 1) ** draw(0.75, 1.4)) * paper_colour(draw)


def _halftone(photo: np.ndarray, draw: Draw) -> np.ndarray:
    """Round dots of three inks on rotated lattices; `period` in pixels, so fine ones alias as a camera would alias them."""
    x, y = grid(photo.shape)
    period, hardness, share = draw(1.4, 4.5), draw(2.0, 9.0), draw(0.08, 0.6)
    inked = np.empty_like(photo)
    for channel, angle in enumerate(SCREEN_ANGLES):
        turn = np.deg2rad(angle + draw(-8, 8))
        u = (x * np.cos(turn) + y * np.sin(turn)) * (2 * np.pi / period)
        v = (y * np.cos(turn) - x * np.sin(turn)) * (2 * np.pi / period)
        threshold = 0.5 + 0.25 * (np.cos(u) + np.cos(v))
        inked[..., channel] = 1 / (1 + np.exp(-hardness * (photo[..., channel] - threshold)))
    return (1 - share) * photo + share * inked


def _paper(photo: np.ndarray, draw: Draw) -> np.ndarray:
    fibres = cv2.GaussianBlur(draw.random.standard_normal(photo.shape[:2]).astype(np.float32), (0, 0), draw(0.6, 2.5))
    return photo * (1 + draw(0.0, 0.05) * fibres[..., None] / (fibres.std() + 1e-6))


def _light(photo: np.ndarray, draw: Draw) -> np.ndarray:
    """A bent sheet is brighter on one side; a glossy one mirrors a lamp."""
    x, y = grid(photo.shape)
    turn, side = draw(0, 2 * np.pi), max(photo.shape)
    along = (x * np.cos(turn) + y * np.sin(turn)) / side
    out = photo * (1 + draw(0.0, 0.25) * np.sin(draw(1.0, 4.0) * along + draw(0, 6.3)))[..., None]
    if draw.chance(0.5):
        across = (y * np.cos(turn) - x * np.sin(turn)) / side
        lamp = ((along - draw(-0.2, 1.0)) / draw(0.05, 0.35)) ** 2 + ((across - draw(-0.5, 0.7)) / draw(0.1, 0.8)) ** 2
        out = out + draw(0.05, 0.6) * np.exp(-lamp)[..., None]
    return out.astype(np.float32)
