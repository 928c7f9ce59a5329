"""Trains the landmark net and exports it. Resumes from the last checkpoint by itself.

    python -m liveness.landmarks.train --data DATA --weights WEIGHTS --photos PHOTOS --detector ../default/detector.onnx \\
        --work WORK --out ../default/landmarks.onnx --seconds 3000

PHOTOS: where `detector.train` unpacked its photos. WORK receives the prepared faces and `landmarks.pt`, every `--every` seconds.
"""
import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and torch: one core per process

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch.utils.data import DataLoader, IterableDataset

from common.onnx_file import fold, largest_difference, write
from common.trainer import Trainer
from detector.alignment import apply
from detector.net import normalise
from detector.views import degrade
from liveness.landmarks.crops import ENLARGED as CROP_ENLARGED
from liveness.landmarks.crops import SIDE as CROP
from liveness.landmarks.faces import ENLARGED, SIDE, build
from liveness.landmarks.ibug import MIRRORED
from liveness.landmarks.net import UNIT, Landmarks, in_crop_units

BATCH = 128
LABELLED_SHARE = 0.4  # of the views: labelled faces are one in ten
BETA = 0.04  # of an output: errors of more than half a pixel count by their size, smaller ones by its square


def jitter(random: np.random.Generator, mirrored: bool) -> np.ndarray:
    """Prepared picture -> crop, as far off as a detector's box may be, and turned as heads are."""
    wide = random.random() < 0.3
    angle = np.deg2rad(random.uniform(-35, 35) if wide else random.normal(0, 8))
    scale = CROP / SIDE * ENLARGED / CROP_ENLARGED * np.exp(random.uniform(-0.22, 0.22) if wide else random.normal(0, 0.07))
    shift = CROP * (random.uniform(-0.15, 0.15, 2) if wide else random.normal(0, 0.04, 2))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    return np.concatenate([linear, (CROP / 2 - 0.5 + shift - linear @ np.full(2, SIDE / 2 - 0.5))[:, None]], 1)


def coarser(crop: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """As if the face had been smaller in the frame."""
    side = int(random.integers(24, 90))
    return cv2.resize(cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA), (CROP, CROP), interpolation=cv2.INTER_LINEAR)


def hidden(crop: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A part of the face behind something of one colour, such as a hand's or a scarf's."""
    width, height = random.integers(15, 50, 2)
    x, y = random.integers(0, CROP - width), random.integers(0, CROP - height)
    crop[y : y + height, x : x + width] = random.integers(0, 256, 3)
    return crop


class Crops(IterableDataset):
    def __init__(self, pictures: np.ndarray, points: np.ndarray, labelled: int, seed: int) -> None:
        self.pictures, self.points, self.labelled, self.seed = pictures, points, labelled, seed

    def sample(self, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        i = random.integers(0, self.labelled) if random.random() < LABELLED_SHARE else random.integers(self.labelled, len(self.points))
        mirrored = bool(random.random() < 0.5)
        matrix = jitter(random, mirrored)
        border = cv2.BORDER_CONSTANT if random.random() < 0.2 else cv2.BORDER_REPLICATE
        crop = cv2.warpAffine(self.pictures[i], matrix, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=border)
        for change, share in ((hidden, 0.15), (coarser, 0.3), (degrade, 0.6)):
            crop = change(crop, random) if random.random() < share else crop
        points = apply(matrix, self.points[i])
        return crop, ((points[MIRRORED] if mirrored else points) + 0.5) / CROP

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        cv2.setNumThreads(1)
        random = np.random.default_rng(self.seed)
        while True:
            crops, points = zip(*(self.sample(random) for _ in range(BATCH)))
            yield torch.from_numpy(np.stack(crops)), torch.from_numpy(np.stack(points).astype(np.float32))


def mean_shape(points: np.ndarray) -> np.ndarray:
    """Of the prepared pictures and their mirror images, in units of the crop's side."""
    centred = ((points + 0.5) / SIDE - 0.5) * ENLARGED / CROP_ENLARGED
    mean = centred.mean(0)
    return ((mean + mean[MIRRORED] * [-1, 1]) / 2 + 0.5).astype(np.float32)


def run(args: argparse.Namespace) -> None:
    pictures, points, labelled = build(args.data, args.weights, args.photos, args.detector, args.work, args.chips)
    mean = mean_shape(points)
    trainer = Trainer(Landmarks, args.work / "landmarks.pt", args.seconds, args.every)
    crops = Crops(np.asarray(pictures), points, labelled, int(time.time()))
    for pixels, wanted in DataLoader(crops, batch_size=None):
        if trainer.finished:
            break
        apart = trainer.answer(normalise(pixels)).float().view(-1, 68, 2) - (wanted - torch.from_numpy(mean)) / UNIT
        loss = F.smooth_l1_loss(apart, torch.zeros_like(apart), beta=BETA)
        trainer.step(loss, {"points": loss.detach(), "crop_px": apart.detach().norm(dim=-1).mean() * UNIT * CROP}, BATCH)
    trainer.save()
    export(trainer.average, mean, args.out)


def export(net: Landmarks, mean: np.ndarray, out: Path) -> None:
    exported = fold(net)
    exported.points = in_crop_units(exported.points, mean)
    write(exported, torch.zeros(1, 3, CROP, CROP), out, ["points"], any_size=False, half=True)
    print(f"{out}: largest difference to torch {largest_difference(exported, out, [(CROP, CROP)]):.1e} of the crop's side")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "weights", "photos", "detector", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="the whole training, earlier runs included")
    parser.add_argument("--every", type=float, default=120, help="seconds between checkpoints")
    parser.add_argument("--chips", type=int, default=5000, help="aligned faces of DATA/faces that are used")
    run(parser.parse_args())
