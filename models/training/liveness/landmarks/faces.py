"""Faces to learn from: pictures of 192 x 192 around the detector's box with 68 points, made once and kept."""
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from detector.alignment import apply, warp
from detector.boxes import area
from detector.chips import training_chips
from detector.labels import read_rgb, training_photos
from detector.runtime import CellFinder, letterbox, load
from liveness.landmarks.crops import square, to_crop
from liveness.landmarks.ibug import FROM_WFLW, normalised_error
from liveness.landmarks.labels import found_box, read
from liveness.landmarks.teacher import Convention, Teacher

SIDE, ENLARGED = 192, 2.0  # px, and over the longer side of the box: room to turn and shift the crop
MIN_FACE_PX = 40.0
MAX_APART = 0.08  # outer-eye distances between the teacher's answers to a face and to its mirror image: else it does not know
MAX_FROM_LABEL = 0.15  # beyond this one of label and teacher is wrong
LABELLED_SHARE = 0.7  # weight of a label against the teacher where both are there
CHIP_MARGIN = 48  # px of repeated border: the chip ends close to the face

Picture = tuple[np.ndarray, np.ndarray]  # pixels and points


def build(data: Path, weights: Path, photos: Path, detector: Path, work: Path, chips: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Pictures N x 192 x 192 x 3, points N x 68 x 2 in their pixels, and how many of them (the first) carry labels."""
    pictures_file, points_file = work / "landmarks.pictures.npy", work / "landmarks.points.npz"
    if not points_file.exists():
        teacher, finder = Teacher(weights), load(detector)
        labelled, convention = labelled_faces(data / "landmarks", teacher, finder)
        taught = [_taught(rgb, box, teacher, convention) for rgb, box in _unlabelled(data, photos, finder, chips)]
        pairs = labelled + [pair for pair in taught if pair]
        np.save(pictures_file, np.stack([pixels for pixels, _ in pairs]))
        np.savez(points_file, points=np.stack([points for _, points in pairs]).astype(np.float32), labelled=len(labelled))
    known = np.load(points_file)
    return np.load(pictures_file, mmap_mode="r"), known["points"], int(known["labelled"])


def _picture(rgb: np.ndarray, box: np.ndarray, points: np.ndarray) -> Picture:
    matrix = to_crop(*square(box, ENLARGED), SIDE)
    return warp(rgb, matrix, SIDE), apply(matrix, points)


def labelled_faces(folder: Path, teacher: Teacher, finder: CellFinder) -> tuple[list[Picture], Convention]:
    """Pictures with labels, a little of the teacher's word in them, and what the teacher's points are called in the labels' convention."""
    faces = []
    for face in read(folder, "train"):
        rgb = read_rgb(face.path)
        box = found_box(finder, rgb, face.points)
        if box is not None:
            faces.append((rgb, box, face.points, teacher.both_ways(rgb, box)[0]))
    sure = [(wflw, points) for *_, points, wflw in faces if normalised_error(wflw[FROM_WFLW], points) < MAX_FROM_LABEL]
    convention = Convention(*(np.stack(part) for part in zip(*sure)))
    pictures = []
    for rgb, box, points, wflw in faces:
        said = convention(wflw)
        if normalised_error(said, points) < MAX_FROM_LABEL:
            points = LABELLED_SHARE * points + (1 - LABELLED_SHARE) * said
        pictures.append(_picture(rgb, box, points))
    return pictures, convention


def _taught(rgb: np.ndarray, box: np.ndarray, teacher: Teacher, convention: Convention) -> Picture | None:
    wflw, apart = teacher.both_ways(rgb, box)
    return _picture(rgb, box, convention(wflw)) if apart < MAX_APART else None


def _unlabelled(data: Path, photos: Path, finder: CellFinder, chips: int) -> Iterator[Picture]:
    """Pixels and box. The frames that `detect` shares with the labelled set are left out: their people are in `val` as well."""
    for photo in training_photos(data / "detect/train", photos):
        large = photo.boxes[np.sqrt(area(photo.boxes)) >= MIN_FACE_PX]
        if len(large) and not photo.source.startswith("ytf"):
            rgb = read_rgb(photo.path)
            yield from ((rgb, box) for box in large)
    for chip in training_chips(data / "faces", chips, seed=2):
        rgb = cv2.copyMakeBorder(chip, *[CHIP_MARGIN] * 4, cv2.BORDER_REPLICATE)
        canvas, scale = letterbox(rgb)
        boxes = finder.cells(canvas).faces(0.6)[0] / scale
        if len(boxes):
            yield rgb, boxes[0]
