"""Trains the point refiner and exports it.

    python -m detector.train_points --data DATA --weights WEIGHTS --work WORK --out points.onnx --seconds 3000

Run after `train.py` has unpacked the photos. WORK keeps the prepared faces and `points.pt`, every
five minutes; a later call with the same WORK goes on from there.
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
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from common.onnx_file import fold, largest_difference, widened, write
from common.trainer import Trainer
from detector.alignment import CHIP, CROP, CROP_TEMPLATE, apply
from detector.net import PointRefiner, normalise
from detector.points_data import SIDE, build
from detector.train import arguments
from detector.views import degrade

BATCH = 128
HELD_OUT = 0.04  # of the faces, for the error printed at the end


def jitter(random: np.random.Generator, mirrored: bool) -> np.ndarray:
    """160 px picture -> 64 px crop, as far off as a detector's coarse points put it."""
    wide = random.random() < 0.15
    angle = np.deg2rad(random.normal(0, 12 if wide else 4))
    scale = CROP / CHIP * np.exp(random.normal(0, 0.18 if wide else 0.07))
    shift = random.normal(0, 5 if wide else 2, 2)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([-1.0 if mirrored else 1.0, 1.0])
    return np.concatenate([linear, (CROP / 2 - 0.5 + shift - linear @ np.full(2, SIDE / 2 - 0.5))[:, None]], 1)


class Crops(IterableDataset):
    def __init__(self, pictures: np.ndarray, points: np.ndarray, used: np.ndarray, seed: int) -> None:
        self.pictures, self.points, self.used, self.seed = pictures, points, used, seed

    def sample(self, i: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        mirrored = bool(random.random() < 0.5)
        matrix = jitter(random, mirrored)
        crop = cv2.warpAffine(self.pictures[i], matrix, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        points = apply(matrix, self.points[i])
        return crop, points[[1, 0, 2, 4, 3]] if mirrored else points

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        if worker:
            os.setsid()  # the kernel shares a busy machine out by session
        random = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            samples = [self.sample(i, random) for i in random.choice(self.used, BATCH)]
            yield batch([(degrade(crop, random) if random.random() < 0.7 else crop, points) for crop, points in samples])


def batch(samples: list[tuple[np.ndarray, np.ndarray]]) -> tuple[torch.Tensor, torch.Tensor]:
    crops, points = zip(*samples)
    wanted = (np.stack(points) - CROP_TEMPLATE).reshape(-1, 10) / 8
    return torch.from_numpy(np.stack(crops)), torch.from_numpy(wanted.astype(np.float32))


def mean_error(net: PointRefiner, crops: torch.Tensor, wanted: torch.Tensor) -> float:
    """Mean distance of a point, in per cent of the template's distance between the eyes."""
    net.eval()
    with torch.no_grad():
        apart = (net(normalise(crops)).flatten(1) - wanted).reshape(-1, 5, 2).norm(dim=-1).mean() * 8
    return 100 * float(apart) / float(np.linalg.norm(CROP_TEMPLATE[0] - CROP_TEMPLATE[1]))


def run(args: argparse.Namespace) -> None:
    trainer = Trainer(PointRefiner, args.work / "points.pt", args.seconds, args.every)
    pictures, points = build(args.data, args.work, args.weights / "yunet/yunet_n_dynamic.onnx", args.chips)
    order = np.random.default_rng(0).permutation(len(points))
    held, kept = np.split(order, [int(HELD_OUT * len(points))])
    crops = Crops(np.asarray(pictures), points, kept, int(time.time()))
    for pixels, wanted in DataLoader(crops, batch_size=None, num_workers=1, prefetch_factor=4):
        if trainer.finished:
            break
        loss = F.smooth_l1_loss(trainer.answer(normalise(pixels)).flatten(1).float(), wanted, beta=0.05)
        trainer.step(loss, {"points": loss.detach()}, BATCH)
    trainer.save()
    random = np.random.default_rng(2)
    error = mean_error(trainer.average, *batch([crops.sample(i, random) for i in held]))
    exported = fold(trainer.average)
    exported.points = widened(exported.points)
    write(exported, torch.zeros(1, 3, CROP, CROP), args.out, ["points"], any_size=False)
    difference = largest_difference(trainer.average, args.out, [(CROP, CROP)])
    print(f"{args.out}: error on {len(held)} faces kept back {error:.2f} % of the eyes' distance, largest difference to torch {difference:.1e}")


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--out", type=Path, required=True)
    run(parser.parse_args())
