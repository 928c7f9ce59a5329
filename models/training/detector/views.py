"""Training views: photos warped, set beside one another, and degraded as county cameras and card readers degrade them."""
from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from detector.boxes import area, intersection
from detector.labels import Photo

Random = np.random.Generator
SMALLEST = 16.0  # px: faces below are neither asked for nor held against the net


@dataclass
class View:
    pixels: np.ndarray
    boxes: np.ndarray
    points: np.ndarray
    ignored: np.ndarray
    empty: np.ndarray  # rectangles known to show no face

    @staticmethod
    def join(pixels: np.ndarray, parts: list["View"]) -> "View":
        return View(pixels, *(np.concatenate([getattr(p, name) for p in parts]) for name in ("boxes", "points", "ignored", "empty")))


def warp_boxes(boxes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The upright boxes around the warped ellipses that the boxes enclose: what a detector draws around a turned face."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2 @ matrix[:, :2].T + matrix[:, 2]
    half = np.sqrt(((boxes[:, 2:] - boxes[:, :2]) / 2) ** 2 @ (matrix[:, :2] ** 2).T)
    return np.concatenate([centre - half, centre + half], 1).astype(np.float32)


def warp_points(points: np.ndarray, matrix: np.ndarray, mirrored: bool) -> np.ndarray:
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    return (moved[:, [1, 0, 2, 4, 3]] if mirrored else moved).astype(np.float32)


def _turn(random: Random) -> float:
    """Degrees: mostly near upright, one view in three anywhere up to 45."""
    return float(random.choice([0.0, random.normal(0, 8), random.uniform(-48, 48)], p=[0.3, 0.37, 0.33]))


def _matrix(photo: Photo, size: tuple[int, int], random: Random, mirrored: bool, shape: tuple[int, int]) -> np.ndarray:
    """Photo -> patch of `size` (width, height): one face gets a log-uniform size and a random place."""
    width, height = size
    if len(photo.boxes):
        box = photo.boxes[random.integers(len(photo.boxes))]
        face = np.sqrt(area(box))
        target = np.exp(random.uniform(np.log(20), np.log(1.05 * min(size))))
        scale = min(target / face, 4.0)
        anchor = (box[:2] + box[2:]) / 2
        room = min(target / 2, 0.5 * width, 0.5 * height)
        place = random.uniform([room, room], [width - room + 1e-3, height - room + 1e-3])
    else:
        scale = np.exp(random.uniform(np.log(0.4), np.log(2.0))) * max(width / shape[1], height / shape[0])
        anchor = random.uniform([0, 0], [shape[1], shape[0]])
        place = np.array([width, height]) / 2
    stretch = np.exp(random.normal(0, 0.1) if random.random() < 0.4 else random.uniform(-0.75, 0.5))  # photos squashed to a square
    angle = np.deg2rad(_turn(random))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([(-1 if mirrored else 1) * scale * stretch**0.5, scale / stretch**0.5])
    return np.concatenate([linear, (place - linear @ anchor)[:, None]], 1)


def _warp(pixels: np.ndarray, matrix: np.ndarray, backdrop: np.ndarray) -> np.ndarray:
    """Bilinear, after shrinking by area so that small faces are not aliased; what the photo does not cover stays `backdrop`."""
    scale = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    if scale < 0.6:
        small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        ratio = np.array([pixels.shape[1] / small.shape[1], pixels.shape[0] / small.shape[0]])
        matrix, pixels = np.concatenate([matrix[:, :2] * ratio, matrix[:, 2:]], 1), small
    size = backdrop.shape[1::-1]
    return cv2.warpAffine(pixels, matrix, size, dst=backdrop, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)


def _backdrop(size: tuple[int, int], random: Random, scene: np.ndarray) -> np.ndarray:
    """Black as a letterbox, one grey, or a part of a scene without faces."""
    kind = random.random()
    if kind < 0.5:
        height, width = scene.shape[:2]
        x, y = random.integers(0, width // 2), random.integers(0, height // 2)
        return cv2.resize(scene[y : y + height // 2, x : x + width // 2], size)
    return np.full((size[1], size[0], 3), 0 if kind < 0.8 else random.integers(256), np.uint8)


def _patch(photo: Photo, pixels: np.ndarray, backdrop: np.ndarray, random: Random) -> View:
    size = backdrop.shape[1::-1]
    mirrored = bool(random.random() < 0.5)
    matrix = _matrix(photo, size, random, mirrored, pixels.shape[:2])
    boxes = warp_boxes(photo.boxes, matrix)
    points = warp_points(photo.points, matrix, mirrored)
    ignored = warp_boxes(photo.ignored, matrix)
    frame = np.array([[0, 0, *size]], np.float32)
    shown = intersection(boxes, frame)[:, 0] / np.maximum(area(boxes), 1e-6)
    large = np.sqrt(area(boxes)) >= SMALLEST
    partly = (shown > 0.1) & ~((shown > 0.6) & large)
    return View(
        _warp(pixels, matrix, backdrop),
        boxes[(shown > 0.6) & large],
        points[(shown > 0.6) & large],
        np.concatenate([ignored, boxes[partly]]),
        frame if photo.empty else frame[:0],
    )


def _cuts(size: int, random: Random) -> list[tuple[int, int, int, int]]:
    """One, four or nine rectangles that fill the view."""
    count = int(random.choice([1, 2, 3], p=[0.25, 0.45, 0.3]))
    xs, ys = ([0, *(int((i + random.uniform(-0.3, 0.3)) * size / count) for i in range(1, count)), size] for _ in "xy")
    return [(xs[i], ys[j], xs[i + 1], ys[j + 1]) for j in range(count) for i in range(count)]


def compose(pick: Callable[[], tuple[Photo, np.ndarray]], scene: Callable[[], np.ndarray], size: int, random: Random) -> View:
    """A square view of one, four or nine photos. `pick()` gives a photo and its pixels, `scene()` pixels without faces."""
    canvas = np.zeros((size, size, 3), np.uint8)
    parts = []
    for left, top, right, bottom in _cuts(size, random):
        part = _patch(*pick(), _backdrop((right - left, bottom - top), random, scene()), random)
        canvas[top:bottom, left:right] = part.pixels
        shift = np.array([left, top, left, top], np.float32)
        parts.append(View(canvas, part.boxes + shift, part.points + shift[:2], part.ignored + shift, part.empty + shift))
    return View.join(canvas, parts)


def _light(random: Random) -> np.ndarray:
    """A table of 256 x 3: contrast, brightness, tint, and at times the gamma and gain of low light."""
    table = np.repeat(np.arange(256, dtype=np.float32)[:, None], 3, 1)
    if random.random() < 0.4:
        table *= random.uniform(0.8, 1.2, 3)
    if random.random() < 0.5:
        table = (table - 127) * random.uniform(0.6, 1.35) + 127 + random.uniform(-35, 35)
    if random.random() < 0.2:
        table = 255 * (np.clip(table, 0, 255) / 255) ** random.uniform(1.3, 2.5) * random.uniform(0.25, 0.8)
    return np.clip(table, 0, 255).astype(np.uint8).reshape(256, 1, 3)


def _motion(random: Random) -> np.ndarray:
    """Kernel of a short straight movement."""
    length = int(random.integers(3, 9))
    kernel = np.zeros((length, length), np.float32)
    if random.random() < 0.5:
        kernel[length // 2] = 1
    else:
        np.fill_diagonal(kernel, 1)
    return np.rot90(kernel, int(random.integers(4))) / length


NOISE = np.random.default_rng(0).standard_normal((600, 600, 3)).astype(np.float32)


def _noise(shape: tuple[int, ...], sigma: float, random: Random) -> np.ndarray:
    x, y = random.integers(0, 600 - shape[1]), random.integers(0, 600 - shape[0])
    return NOISE[y : y + shape[0], x : x + shape[1]] * np.float32(sigma)


def degrade(pixels: np.ndarray, random: Random) -> np.ndarray:
    """Light, colour, blur, noise and JPEG; the faces stay where they are."""
    out = pixels
    if random.random() < 0.12:
        out = cv2.cvtColor(cv2.cvtColor(out, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    out = cv2.LUT(out, _light(random))
    if random.random() < 0.2:
        out = cv2.GaussianBlur(out, (0, 0), random.uniform(0.5, 2.0))
    elif random.random() < 0.12:
        out = cv2.filter2D(out, -1, _motion(random))
    if random.random() < 0.25:
        out = np.clip(out + _noise(out.shape, random.uniform(2, 14), random), 0, 255).astype(np.uint8)
    if random.random() < 0.3:
        _, data = cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 85))])
        out = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return out
