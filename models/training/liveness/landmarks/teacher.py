"""PFLD-GhostOne, 98 WFLW points: our teacher and the yardstick of the landmark net."""
from pathlib import Path

import numpy as np

from common.onnx_file import session
from detector.alignment import apply, similarity
from liveness.landmarks.crops import cut, to_picture
from liveness.landmarks.ibug import COUNT, FROM_WFLW, MIRRORED, WFLW_COUNT, WFLW_MIRRORED, outer_eye_distance

SIDE, ENLARGED = 112, 1.1
RIDGE = 0.3  # of the mean square of an input
FILE = "pfld-ghostone/PFLD_GhostOne_112_1_opt_sim.onnx"


class Teacher:
    def __init__(self, weights: Path) -> None:
        self.net = session(weights / FILE)

    def _look(self, crop: np.ndarray) -> np.ndarray:
        pixels = np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32) / 255
        return self.net.run(None, {"input": pixels})[0].reshape(WFLW_COUNT, 2)

    def points(self, rgb: np.ndarray, box: np.ndarray) -> np.ndarray:
        """98 x 2, pixels of the picture."""
        crop, matrix = cut(rgb, box, ENLARGED, SIDE)
        return to_picture(self._look(crop), matrix, SIDE)

    def both_ways(self, rgb: np.ndarray, box: np.ndarray) -> tuple[np.ndarray, float]:
        """The mean of its answers to the face and to its mirror image, and how far apart they are, in outer-eye distances."""
        crop, matrix = cut(rgb, box, ENLARGED, SIDE)
        straight, mirrored = self._look(crop), self._look(crop[:, ::-1])
        mirrored = (mirrored * [-1, 1] + [1, 0])[WFLW_MIRRORED]
        mean = (straight + mirrored) / 2
        apart = np.linalg.norm(straight - mirrored, axis=-1).mean() / outer_eye_distance(mean[FROM_WFLW])
        return to_picture(mean, matrix, SIDE), float(apart)


class Convention:
    """The teacher's 98 points said as the 68 of a labelled set: a ridge regression in the frame of the mean shape.

    WFLW draws brows and jaw otherwise than iBUG, and every annotator has habits; a student that learned both as they are would learn
    a mean of two conventions.
    """

    def __init__(self, wflw: np.ndarray, ibug: np.ndarray) -> None:
        wflw = np.concatenate([wflw, (wflw * [-1, 1])[:, WFLW_MIRRORED]])
        ibug = np.concatenate([ibug, (ibug * [-1, 1])[:, MIRRORED]])
        self.mean = _mean_shape(wflw)
        frames = [similarity(points, self.mean) for points in wflw]
        inputs = np.stack([apply(frame, points).ravel() for frame, points in zip(frames, wflw)]) - self.mean.ravel()
        outputs = np.stack([apply(frame, points).ravel() for frame, points in zip(frames, ibug)])
        self.offset = outputs.mean(0)
        gram = inputs.T @ inputs / len(inputs)
        weight = RIDGE * np.trace(gram) / len(gram) * np.eye(len(gram))
        self.linear = np.linalg.solve(gram + weight, inputs.T @ (outputs - self.offset) / len(inputs))

    def __call__(self, wflw: np.ndarray) -> np.ndarray:
        """98 x 2 -> 68 x 2, both in pixels of the picture."""
        frame = similarity(wflw, self.mean)
        said = (apply(frame, wflw).ravel() - self.mean.ravel()) @ self.linear + self.offset
        linear = np.linalg.inv(frame[:, :2])
        return (said.reshape(COUNT, 2) - frame[:, 2]) @ linear.T


def _mean_shape(shapes: np.ndarray) -> np.ndarray:
    """Procrustes mean, centred, with a root mean square radius of 1."""
    mean = shapes[0]
    for _ in range(4):
        mean = np.mean([apply(similarity(points, mean), points) for points in shapes], 0)
        mean = (mean - mean.mean(0)) / np.sqrt(((mean - mean.mean(0)) ** 2).sum(1).mean())
    return mean
