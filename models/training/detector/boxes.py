"""Boxes as left, top, right, bottom: overlap, suppression, decoding of the detector's maps."""
import numpy as np


def area(boxes: np.ndarray) -> np.ndarray:
    return np.prod(np.clip(boxes[..., 2:] - boxes[..., :2], 0, None), -1)


def intersection(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """len(a) x len(b) areas of overlap."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.prod(np.clip(high - low, 0, None), -1)


def iou(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    both = intersection(a, b)
    return both / np.maximum(area(a)[:, None] + area(b)[None] - both, 1e-9)


def suppress(boxes: np.ndarray, scores: np.ndarray, max_iou: float = 0.45) -> np.ndarray:
    """Greedy non-maximum suppression; indices of the kept boxes, best first."""
    order = np.argsort(-scores, kind="stable")
    kept = []
    while len(order):
        first, order = order[0], order[1:]
        kept.append(first)
        order = order[iou(boxes[first : first + 1], boxes[order])[0] <= max_iou]
    return np.array(kept, int)


def grid(height: int, width: int, stride: int) -> np.ndarray:
    """Upper left corners of the cells in pixels, row by row: (H/s * W/s) x 2."""
    y, x = np.mgrid[0 : height // stride, 0 : width // stride]
    return np.stack([x, y], -1).reshape(-1, 2).astype(np.float32) * stride


def decode(raw: np.ndarray, corners: np.ndarray, strides: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Box and point channels (cells x 14) -> boxes (cells x 4) and points (cells x 5 x 2) in pixels of the net's input."""
    stride = strides[:, None]
    centre = corners + raw[:, 0:2] * stride
    half = np.exp(np.clip(raw[:, 2:4], -10, 10)) * stride / 2
    points = corners[:, None] + raw[:, 4:].reshape(-1, 5, 2) * stride[:, None]
    return np.concatenate([centre - half, centre + half], 1), points
