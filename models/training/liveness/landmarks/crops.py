"""The landmark net's crop: the detector's box about its centre, squared, a quarter larger."""
import numpy as np

from detector.alignment import apply, warp

SIDE = 112  # px of the net's input
ENLARGED = 1.25  # side of the crop over the longer side of the box


def square(box: np.ndarray, enlarged: float) -> tuple[np.ndarray, float]:
    """Centre and side of the square about a box (left, top, right, bottom)."""
    return (box[:2] + box[2:]) / 2, enlarged * float(max(box[2:] - box[:2]))


def to_crop(centre: np.ndarray, side: float, size: int) -> np.ndarray:
    """2 x 3 matrix: picture -> crop of `size` px. Pixel centres lie at whole numbers on both sides."""
    scale = size / side
    return np.array([[scale, 0, size / 2 - 0.5 - scale * centre[0]], [0, scale, size / 2 - 0.5 - scale * centre[1]]])


def inverse(matrix: np.ndarray) -> np.ndarray:
    linear = np.linalg.inv(matrix[:, :2])
    return np.concatenate([linear, -(linear @ matrix[:, 2])[:, None]], 1)


def cut(rgb: np.ndarray, box: np.ndarray, enlarged: float = ENLARGED, size: int = SIDE) -> tuple[np.ndarray, np.ndarray]:
    """The crop (border pixels repeated where the picture ends) and the matrix picture -> crop."""
    matrix = to_crop(*square(box, enlarged), size)
    return warp(rgb, matrix, size), matrix


def to_picture(unit_points: np.ndarray, matrix: np.ndarray, size: int) -> np.ndarray:
    """Points in units of the crop's side, origin at its upper left corner -> pixels of the picture."""
    return apply(inverse(matrix), unit_points * size - 0.5)
