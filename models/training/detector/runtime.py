"""Our detector and YuNet on onnxruntime, both as cells in one layout."""
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from common.onnx_file import session
from detector.alignment import CROP, CROP_TEMPLATE, similarity, warp
from detector.boxes import decode, grid, suppress
from detector.net import STRIDES


@dataclass
class Cells:
    """All cells of the three levels, stride 8 first, row by row; pixels of the net's input."""

    obj: np.ndarray
    score: np.ndarray
    boxes: np.ndarray
    points: np.ndarray
    corners: np.ndarray
    strides: np.ndarray

    def faces(self, min_score: float, max_iou: float = 0.45) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Boxes, points and scores after suppression, best first."""
        found = np.flatnonzero(self.score >= min_score)
        kept = found[suppress(self.boxes[found], self.score[found], max_iou)]
        return self.boxes[kept], self.points[kept], self.score[kept]


def _cells(height: int, width: int, cls: np.ndarray, obj: np.ndarray, geometry: np.ndarray) -> Cells:
    corners = np.concatenate([grid(height, width, stride) for stride in STRIDES])
    strides = np.repeat(np.float32(STRIDES), [height * width // stride**2 for stride in STRIDES])
    boxes, points = decode(geometry, corners, strides)
    return Cells(obj, np.sqrt(np.clip(cls * obj, 0, 1)), boxes, points, corners, strides)


class CellFinder(Protocol):
    def cells(self, rgb: np.ndarray) -> Cells:
        """`rgb`: H x W x 3 bytes, both sides multiples of 32."""


class YuNet:
    """Input BGR, 0 to 255; scores come as probabilities."""

    def __init__(self, model: Path) -> None:
        self.net = session(model)
        self.names = [f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in STRIDES]

    def cells(self, rgb: np.ndarray) -> Cells:
        pixels = np.ascontiguousarray(rgb[:, :, ::-1].transpose(2, 0, 1)[None], np.float32)
        out = [part[0] for part in self.net.run(self.names, {"input": pixels})]
        cls, obj, box, points = (np.concatenate(out[i : i + 3]) for i in (0, 3, 6, 9))
        return _cells(*rgb.shape[:2], cls[:, 0], obj[:, 0], np.concatenate([box, points], 1))


class Ours:
    """Input RGB, (x - 127.5) / 128; scores come as logits."""

    def __init__(self, model: Path) -> None:
        self.net = session(model)

    def cells(self, rgb: np.ndarray) -> Cells:
        pixels = (rgb.transpose(2, 0, 1)[None].astype(np.float32) - 127.5) / 128
        maps = self.net.run([f"out{stride}" for stride in STRIDES], {"pixels": pixels})
        raw = np.concatenate([level[0].reshape(16, -1).T for level in maps])
        cls, obj = (1 / (1 + np.exp(-raw[:, i])) for i in (0, 1))
        return _cells(*rgb.shape[:2], cls, obj, raw[:, 2:])


class Refiner:
    """Exact points, and the probability of a face, from a crop aligned by coarse points."""

    def __init__(self, model: Path) -> None:
        self.net = session(model)

    def refine(self, rgb: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, float]:
        matrix = similarity(points, CROP_TEMPLATE)
        crop = warp(rgb, matrix, CROP).transpose(2, 0, 1)[None]
        out = self.net.run(None, {"pixels": (crop.astype(np.float32) - 127.5) / 128})[0].reshape(-1)
        linear = np.linalg.inv(matrix[:, :2])
        return (CROP_TEMPLATE + 8 * out[:10].reshape(5, 2) - matrix[:, 2]) @ linear.T, float(1 / (1 + np.exp(-out[10])))


def load(model: Path) -> CellFinder:
    """Whichever of the two a file holds."""
    names = {output.name for output in session(model).get_outputs()}
    return YuNet(model) if "cls_8" in names else Ours(model)


INPUTS = ((256, 320), (320, 256), (320, 320), (480, 640), (640, 480), (640, 640))  # height, width
LOOK = 640  # px: long side at which a large photo is looked at


def input_shape(height: int, width: int) -> tuple[int, int]:
    """The smallest input that shows a small photo whole, a large one with a long side of 640; else the one that shows most."""

    def scale(shape: tuple[int, int]) -> float:
        return min(shape[0] / height, shape[1] / width)

    enough = [shape for shape in INPUTS if scale(shape) >= 0.999 * min(1.0, LOOK / max(height, width))]
    return min(enough, key=lambda shape: shape[0] * shape[1]) if enough else max(INPUTS, key=scale)


def letterbox(rgb: np.ndarray) -> tuple[np.ndarray, float]:
    """The photo scaled to fit its input, black at the right and below; and the scale."""
    height, width = rgb.shape[:2]
    shape = input_shape(height, width)
    scale = min(shape[0] / height, shape[1] / width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    canvas = np.zeros((*shape, 3), np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    return canvas, scale
