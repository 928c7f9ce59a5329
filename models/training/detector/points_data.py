"""Faces for the refiner: aligned pictures of 160 x 160 with the teacher's points, averaged over scales and mirroring."""
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from detector.alignment import ARCFACE, inter_eye, similarity, warp
from detector.chips import training_chips
from detector.labels import read_rgb, training_photos
from detector.runtime import YuNet

SIDE = 160  # px: the chip of 128 and 16 more on every side
TEMPLATE = ARCFACE + 24
TEACHER_SIDES = (160, 224)  # px at which the teacher looks at a picture
MAX_SPREAD = 0.15  # of the distance between the eyes: where its answers lie farther from their mean, the teacher does not know
MIN_EYES_PX = 12.0


def _teacher_points(teacher: YuNet, picture: np.ndarray) -> np.ndarray | None:
    """Mean of the teacher's answers for the face at the centre, or None where it finds none or is not sure."""
    answers = []
    for side in TEACHER_SIDES:
        pixels = cv2.resize(picture, (side, side), interpolation=cv2.INTER_LINEAR)
        for mirrored in (False, True):
            boxes, points, _ = teacher.cells(np.ascontiguousarray(pixels[:, ::-1]) if mirrored else pixels).faces(0.5)
            if not len(boxes):
                return None
            middle = np.abs((boxes[:, :2] + boxes[:, 2:]) / 2 - side / 2).max(1).argmin()
            found = points[middle]
            if mirrored:
                found = (np.array([side - 1, 0]) + found * np.array([-1, 1]))[[1, 0, 2, 4, 3]]
            answers.append(found * SIDE / side)
    mean = np.mean(answers, 0)
    spread = np.linalg.norm(np.array(answers) - mean, axis=-1).max() / inter_eye(mean)
    apart = np.linalg.norm(mean - TEMPLATE, axis=-1).max()
    return mean if spread < MAX_SPREAD and apart < 20 else None


def build(data: Path, work: Path, yunet: Path, chips: int) -> tuple[np.ndarray, np.ndarray]:
    """Pictures N x 160 x 160 x 3 and points N x 5 x 2, made once and kept in `work`."""
    pictures_file, points_file = work / "points.pictures.npy", work / "points.points.npy"
    if not points_file.exists():
        teacher = YuNet(yunet)
        pictures, points = [], []
        for picture in _chip_pictures(data / "faces", chips):
            _add(teacher, picture, pictures, points)
        for picture in _photo_pictures(data / "detect/train", work / "photos"):
            _add(teacher, picture, pictures, points)
        np.save(pictures_file, np.stack(pictures))
        np.save(points_file, np.stack(points).astype(np.float32))
    return np.load(pictures_file, mmap_mode="r"), np.load(points_file)


def _add(teacher: YuNet, picture: np.ndarray, pictures: list[np.ndarray], points: list[np.ndarray]) -> None:
    found = _teacher_points(teacher, picture)
    if found is not None:
        pictures.append(picture)
        points.append(found)


def _chip_pictures(faces: Path, count: int) -> Iterator[np.ndarray]:
    for chip in training_chips(faces, count, seed=1):
        yield cv2.copyMakeBorder(chip, 16, 16, 16, 16, cv2.BORDER_REPLICATE)


def _photo_pictures(detect: Path, photos: Path) -> Iterator[np.ndarray]:
    for photo in training_photos(detect, photos):
        known = [p for p in photo.points if np.isfinite(p).all() and inter_eye(p) >= MIN_EYES_PX]
        rgb = read_rgb(photo.path) if known else None
        for points in known:
            yield warp(rgb, similarity(points, TEMPLATE), SIDE)
