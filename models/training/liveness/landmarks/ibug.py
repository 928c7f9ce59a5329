"""The 68 iBUG points: their order mirrored, their place among the teacher's 98 WFLW points, the distance that errors are divided by."""
import numpy as np

COUNT = 68
JAW, BROWS, NOSE, EYES, MOUTH = slice(0, 17), slice(17, 27), slice(27, 36), slice(36, 48), slice(48, 68)
OUTER_EYE_CORNERS = (36, 45)


def _mirrored() -> np.ndarray:
    jaw, brows = range(16, -1, -1), range(26, 16, -1)
    nose = [27, 28, 29, 30, 35, 34, 33, 32, 31]
    eyes = [45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40]
    mouth = [54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55, 64, 63, 62, 61, 60, 67, 66, 65]
    return np.array([*jaw, *brows, *nose, *eyes, *mouth])


MIRRORED = _mirrored()  # a mirrored face's point k is the original's point MIRRORED[k]

WFLW_COUNT = 98
FROM_WFLW = np.array([
    *range(0, 33, 2), *range(33, 38), *range(42, 47), *range(51, 60),
    60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75, *range(76, 96),
])  # fmt: skip


def _wflw_mirrored() -> np.ndarray:
    brows = [46, 45, 44, 43, 42, 50, 49, 48, 47, 37, 36, 35, 34, 33, 41, 40, 39, 38]
    nose = [51, 52, 53, 54, 59, 58, 57, 56, 55]
    eyes = [72, 71, 70, 69, 68, 75, 74, 73, 64, 63, 62, 61, 60, 67, 66, 65]
    outer = [82, 81, 80, 79, 78, 77, 76, 87, 86, 85, 84, 83]
    inner = [92, 91, 90, 89, 88, 95, 94, 93]
    return np.array([*range(32, -1, -1), *brows, *nose, *eyes, *outer, *inner, 97, 96])


WFLW_MIRRORED = _wflw_mirrored()


def outer_eye_distance(points: np.ndarray) -> np.ndarray:
    """... x 68 x 2 -> ..."""
    left, right = OUTER_EYE_CORNERS
    return np.linalg.norm(points[..., left, :] - points[..., right, :], axis=-1)


def normalised_error(found: np.ndarray, labelled: np.ndarray) -> np.ndarray:
    """Mean distance of the 68 points over the labelled distance of the outer eye corners: ... x 68 x 2 twice -> ..."""
    return np.linalg.norm(found - labelled, axis=-1).mean(-1) / outer_eye_distance(labelled)
