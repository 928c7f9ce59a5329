"""Photos that the attack generator shows on paper and screens: faces with what stands around them, and rooms without faces."""
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detector.alignment import warp
from detector.boxes import area
from detector.labels import Photo, read_rgb, read_rows, training_photos
from liveness.landmarks.crops import square, to_crop

SIDE, ENLARGED = 224, 3.4  # px, and over the longer side of the face's box
MIN_FACE_PX, MIN_TEST_FACE_PX = 40.0, 56.0
ROOM = 224  # px


@dataclass
class Bases:
    faces: np.ndarray  # N x 224 x 224 x 3, a face at the centre
    rooms: np.ndarray


def _cut(photos: list[Photo], min_face_px: float) -> np.ndarray:
    faces = []
    for photo in photos:
        large = photo.boxes[np.sqrt(area(photo.boxes)) >= min_face_px]
        if len(large):
            rgb = read_rgb(photo.path)
            faces += [warp(rgb, to_crop(*square(box, ENLARGED), SIDE), SIDE) for box in large]
    return np.stack(faces)


def _rooms(folder: Path, every: int, first: int) -> np.ndarray:
    """Colour photos without a face; tests use one in ten, training the others."""
    paths = [path for path in sorted((folder / "images").iterdir()) if path.name.startswith("colour")]
    chosen = [path for i, path in enumerate(paths) if (i % 10 == first) == (every == 10)]
    return np.stack([cv2.resize(read_rgb(path), (ROOM, ROOM), interpolation=cv2.INTER_AREA) for path in chosen])


def _validation_photos(folder: Path) -> list[Photo]:
    """Portraits with the teacher's boxes. Video frames and crowds make poor prints."""
    photos = []
    for image, rows in read_rows(folder).items():
        boxes = [row.box for row in rows if row.kind == "teacher"]
        if boxes and not rows[0].source.startswith(("ytf", "wider", "maskwearing")):
            photos.append(Photo(folder / image, rows[0].source, np.array(boxes, np.float32)))
    return photos


def training_bases(data: Path, photos: Path, work: Path) -> Bases:
    """Made once, kept in `work`."""
    file = work / "pad.bases.npy"
    if not file.exists():
        np.save(file, _cut(training_photos(data / "detect/train", photos), MIN_FACE_PX))
    return Bases(np.load(file, mmap_mode="r"), _rooms(data / "detect/negatives", 0, 0))


def test_bases(data: Path) -> Bases:
    """Photos that no net was trained on."""
    return Bases(_cut(_validation_photos(data / "detect/val"), MIN_TEST_FACE_PX), _rooms(data / "detect/negatives", 10, 0))
