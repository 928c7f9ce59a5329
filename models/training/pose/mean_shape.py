"""Find the mean three-dimensional shape of 68 labelled points, for head pose.

    python mean_shape.py LANDMARKS/train/points.tsv

Factorisation under weak perspective (Tomasi and Kanade, IJCV 1992): every face, centred and brought to one size, gives
two rows of a measurement matrix whose best rank-3 part is motion times shape; a linear least-squares metric upgrade makes
the motion's rows equally long and orthogonal. Mirror images stand beside the faces, so the shape is symmetric, and the
mean pose is its zero. The 5 % of faces that fit worst (grimaces, bad labels) are left out four times over. Prints the
rows of `crates/core/src/pose/shape.rs`: x right, y down, z away from the camera, unit eye distance, origin between the eyes.
"""

import csv
import sys

import numpy as np

MIRROR = np.array(
    [*range(16, -1, -1), *range(26, 16, -1), 27, 28, 29, 30, *range(35, 30, -1), 45, 44, 43, 42, 47, 46, 39, 38, 37, 36,
     41, 40, *range(54, 47, -1), *range(59, 54, -1), *range(64, 59, -1), 67, 66, 65]
)  # fmt: skip


def faces(path: str) -> np.ndarray:
    """All labelled faces and their mirror images, centred, of unit root-mean-square size: N x 68 x 2."""
    with open(path, newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        points = np.array([[[float(row[f"x{k}"]), float(row[f"y{k}"])] for k in range(68)] for row in rows])
    mirrored = points[:, MIRROR] * [-1, 1]
    points = np.concatenate([points, mirrored])
    points -= points.mean(axis=1, keepdims=True)
    return points / np.sqrt((points**2).sum(axis=(1, 2)) / 68)[:, None, None]


def factorise(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Motion N x 2 x 3, shape 3 x 68 (both up to an affine map of space) and each face's root-mean-square residual."""
    measured = points.transpose(0, 2, 1).reshape(-1, 68)
    left, values, right = np.linalg.svd(measured, full_matrices=False)
    motion, shape = (left[:, :3] * values[:3]).reshape(-1, 2, 3), right[:3]
    residual = np.sqrt(((points.transpose(0, 2, 1) - motion @ shape) ** 2).mean(axis=(1, 2)))
    return motion, shape, residual


def metric_upgrade(motion: np.ndarray) -> np.ndarray:
    """The 3 x 3 map that makes the two rows of each face's motion orthogonal and equally long, by least squares."""

    def product(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        squares = [a[:, k] * b[:, k] for k in range(3)]
        mixed = [a[:, i] * b[:, j] + a[:, j] * b[:, i] for i, j in ((0, 1), (0, 2), (1, 2))]
        return np.stack(squares + mixed, axis=1)

    x, y = motion[:, 0], motion[:, 1]
    equations = np.concatenate([product(x, x) - product(y, y), product(x, y)])
    weight = len(equations) ** 0.5  # one equation sets the size
    size = (product(x, x) + product(y, y)).mean(axis=0) * weight
    wanted = np.append(np.zeros(len(equations)), 2 * weight)
    q = np.linalg.lstsq(np.vstack([equations, size]), wanted, rcond=None)[0]
    values, vectors = np.linalg.eigh(np.array([[q[0], q[3], q[4]], [q[3], q[1], q[5]], [q[4], q[5], q[2]]]))
    return vectors * np.sqrt(values)


def mean_shape(points: np.ndarray) -> np.ndarray:
    """The shape, 68 x 3."""
    for _ in range(4):
        *_, residual = factorise(points)
        points = points[residual <= np.quantile(residual, 0.95)]
    motion, shape, _ = factorise(points)
    upgrade = metric_upgrade(motion)
    motion, shape = motion @ upgrade, np.linalg.inv(upgrade) @ shape
    first, second = motion.mean(axis=0)
    first /= np.linalg.norm(first)
    second -= first * (first @ second)
    second /= np.linalg.norm(second)
    shape = (np.stack([first, second, np.cross(first, second)]) @ shape).T
    shape = (shape + shape[MIRROR] * [-1, 1, 1]) / 2
    left, right = shape[36:42].mean(axis=0), shape[42:48].mean(axis=0)
    shape = (shape - (left + right) / 2) / np.linalg.norm(left - right)
    return shape if shape[30, 2] < 0 else shape * [1, 1, -1]  # the nose points at the camera


if __name__ == "__main__":
    for x, y, z in mean_shape(faces(sys.argv[1])):
        print(f"[{x + 0.0:.3f}, {y + 0.0:.3f}, {z + 0.0:.3f}],")
