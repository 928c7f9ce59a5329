"""The refiner's crop: the five points brought to the ArcFace template by a similarity, as the product aligns faces."""
import cv2
import numpy as np

ARCFACE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
CHIP, MARGIN = 128, 8  # px: the 112 px template and a margin on every side
CROP = 64  # px: the chip at half size
CROP_TEMPLATE = (ARCFACE + MARGIN) * CROP / CHIP


def similarity(points: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Umeyama's least-squares similarity without mirroring, 2 x 3."""
    from_mean, to_mean = points.mean(0), wanted.mean(0)
    a, b = points - from_mean, wanted - to_mean
    u, s, vt = np.linalg.svd(b.T @ a)
    sign = np.array([1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = u * sign @ vt
    linear = rotation * (s * sign).sum() / (a**2).sum()
    return np.concatenate([linear, (to_mean - linear @ from_mean)[:, None]], 1)


def apply(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


def warp(rgb: np.ndarray, matrix: np.ndarray, size: int, border: int = cv2.BORDER_REPLICATE) -> np.ndarray:
    """Bilinear; shrunk by area first where the crop is much smaller than the face."""
    scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if scale < 0.6:
        small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        ratio = np.array([rgb.shape[1] / small.shape[1], rgb.shape[0] / small.shape[0]])
        rgb, matrix = small, np.concatenate([matrix[:, :2] * ratio, matrix[:, 2:]], 1)
    return cv2.warpAffine(rgb, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)


def inter_eye(points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points[..., 0, :] - points[..., 1, :], axis=-1)
