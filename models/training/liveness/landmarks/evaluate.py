"""The landmark net beside its teacher on `val` of `data/landmarks`, both on the box of our own detector.

    python -m liveness.landmarks.evaluate --data DATA/landmarks --weights WEIGHTS --detector ../default/detector.onnx --model ../default/landmarks.onnx

A face that the detector misses is a failure of all. The labels are a machine's: good from the front, rough on profiles. The teacher
is measured twice: its 98 points mapped one to one, and said in the labels' convention by a regression fitted on `train`.
"""
import argparse
from pathlib import Path

import numpy as np

from common.onnx_file import session
from detector.labels import read_rgb
from detector.runtime import load
from liveness.landmarks.crops import SIDE, cut, to_picture
from liveness.landmarks.faces import labelled_faces
from liveness.landmarks.ibug import COUNT, FROM_WFLW, normalised_error
from liveness.landmarks.labels import found_box, read
from liveness.landmarks.teacher import Teacher

FAILURE = 0.10  # of the distance of the outer eye corners


class Student:
    def __init__(self, model: Path) -> None:
        self.net = session(model)

    def points(self, rgb: np.ndarray, box: np.ndarray) -> np.ndarray:
        """68 x 2, pixels of the picture."""
        crop, matrix = cut(rgb, box)
        pixels = (crop.transpose(2, 0, 1)[None].astype(np.float32) - 127.5) / 128
        return to_picture(self.net.run(None, {"pixels": pixels})[0].reshape(COUNT, 2), matrix, SIDE)


def line(name: str, errors: np.ndarray) -> str:
    found = errors[np.isfinite(errors)]
    failed = 100 * (~(errors <= FAILURE)).mean()
    return f"{name}: mean error {100 * found.mean():.2f} %, failures {failed:.2f} %, {len(errors)} faces, {len(errors) - len(found)} of them not found"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "weights", "detector", "model"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    detector, student, teacher = load(args.detector), Student(args.model), Teacher(args.weights)
    faces = read(args.data, "val")
    convention = labelled_faces(args.data, teacher, detector)[1]
    errors = {name: np.full(len(faces), np.nan) for name in ("student", "teacher", "teacher in the labels' convention")}
    for i, face in enumerate(faces):
        rgb = read_rgb(face.path)
        box = found_box(detector, rgb, face.points)
        if box is not None:
            wflw = teacher.points(rgb, box)
            for name, points in zip(errors, (student.points(rgb, box), wflw[FROM_WFLW], convention(wflw))):
                errors[name][i] = normalised_error(points, face.points)
    sources = np.array([face.source for face in faces])
    for source in (*np.unique(sources), "all"):
        chosen = (sources == source) | (source == "all")
        for name, values in errors.items():
            print(line(f"{source}, {name}", values[chosen]))


if __name__ == "__main__":
    main()
