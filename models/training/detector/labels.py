"""The labels of `data/detect` as faces, and its photos decoded once into one flat file."""
import csv
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

POINT_COLUMNS = ("lex", "ley", "rex", "rey", "nx", "ny", "mlx", "mly", "mrx", "mry")


@dataclass
class Photo:
    """One photo: faces in the teacher's box style, and boxes that are neither face nor background."""

    path: Path
    source: str
    boxes: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.float32))  # left, top, right, bottom
    points: np.ndarray = field(default_factory=lambda: np.zeros((0, 5, 2), np.float32))  # NaN where unknown
    ignored: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    empty: bool = False  # known to show no face at all


@dataclass
class Row:
    """One box of `labels.tsv`."""

    kind: str  # human, teacher, none
    source: str
    ignore: bool
    box: list[float]
    points: list[float]
    teacher_box: list[float] | None
    teacher_points: list[float]


def _corners(x: float, y: float, w: float, h: float) -> list[float]:
    return [x, y, x + w, y + h]


def _row(fields: dict[str, str]) -> Row:
    # Rows that have a teacher's box lack `img_h`, so its 15 numbers stand one column early: they are the last 15 that are given.
    tail = [float(fields[name]) for name in list(fields)[list(fields).index("img_h") :] if fields[name]]
    teacher = tail[-15:] if len(tail) >= 15 else None
    return Row(
        fields["kind"],
        fields["source"],
        fields["ignore"] == "1",
        _corners(*(float(fields[k] or 0) for k in "xywh")),
        [float(fields[k] or "nan") for k in POINT_COLUMNS],
        _corners(*teacher[:4]) if teacher else None,
        teacher[5:] if teacher else [],
    )


def read_rows(folder: Path) -> dict[str, list[Row]]:
    """Label rows by photo, in the order of the file."""
    photos: dict[str, list[Row]] = {}
    with open(folder / "labels.tsv", newline="") as file:
        for fields in csv.DictReader(file, delimiter="\t"):
            photos.setdefault(fields["image"], []).append(_row(fields))
    return photos


def training_photos(folder: Path, photos_folder: Path) -> list[Photo]:
    """Faces: the teacher's box of a human box, the human box of `ytf`, the teacher's own rows. All other boxes are ignored."""
    out = []
    for image, rows in read_rows(folder).items():
        boxes, points, ignored = [], [], []
        for row in rows:
            if row.kind == "none":
                continue
            if row.teacher_box:
                boxes.append(row.teacher_box)
                points.append(row.teacher_points)
            elif not row.ignore and (row.kind == "teacher" or row.source.startswith("ytf")):
                boxes.append(row.box)
                points.append(row.points)
            else:
                ignored.append(row.box)
        out.append(
            Photo(
                photos_folder / image,
                rows[0].source,
                np.array(boxes, np.float32).reshape(-1, 4),
                np.array(points, np.float32).reshape(-1, 5, 2),
                np.array(ignored, np.float32).reshape(-1, 4),
                all(row.kind == "none" for row in rows),
            )
        )
    return out


def negative_photos(folder: Path) -> list[Photo]:
    return [Photo(path, path.name.split("_")[0], empty=True) for path in sorted((folder / "images").iterdir())]


def read_rgb(path: Path) -> np.ndarray:
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise ValueError(f"{path}: not a picture that can be read")
    return np.ascontiguousarray(pixels[:, :, ::-1])


class PixelStore:
    """Decoded photos side by side in one memory-mapped file: `store[i]` is H x W x 3, RGB."""

    def __init__(self, file: Path) -> None:
        self.shapes = np.load(file.with_suffix(".shapes.npy"))
        sizes = self.shapes.astype(np.int64).prod(1) * 3
        self.starts = np.concatenate([[0], np.cumsum(sizes)])
        self.pixels = np.memmap(file, np.uint8, "r")

    def __len__(self) -> int:
        return len(self.shapes)

    def __getitem__(self, i: int) -> np.ndarray:
        return self.pixels[self.starts[i] : self.starts[i + 1]].reshape(*self.shapes[i], 3)

    @staticmethod
    def build(file: Path, paths: list[Path]) -> "PixelStore":
        """Decodes `paths` into `file`, unless an earlier run has done so."""
        if not file.with_suffix(".shapes.npy").exists():
            shapes = []
            with open(file, "wb") as out:
                for path in paths:
                    pixels = read_rgb(path)
                    shapes.append(pixels.shape[:2])
                    out.write(pixels.tobytes())
            np.save(file.with_suffix(".shapes.npy"), np.array(shapes))
        return PixelStore(file)
