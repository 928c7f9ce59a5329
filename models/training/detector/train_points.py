"""Trains the point refiner and exports it.

    python train_points.py --data DATA --weights WEIGHTS --work WORK --out points.onnx --seconds 3000

Run after `train.py` has unpacked the photos. WORK keeps the prepared faces and `points.pt`, every five minutes; a later call
with the same WORK goes on from there.
"""
import argparse
import json
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

from alignment import CHIP, CROP, CROP_TEMPLATE, apply
from export import fold, largest_difference, write
from net import PointRefiner, normalise
from points_data import SIDE, build
from train import CLIP, HAS_BF16, rate_factor
from views import degrade

BATCH, RATE = 128, 3e-3
HELD_OUT = 0.04  # of the faces, for the printed error


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
    def __init__(self, pictures: np.ndarray, points: np.ndarray, seed: int) -> None:
        self.pictures, self.points, self.seed = pictures, points, seed

    def sample(self, i: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        mirrored = bool(random.random() < 0.5)
        matrix = jitter(random, mirrored)
        crop = cv2.warpAffine(self.pictures[i], matrix, (CROP, CROP), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        points = apply(matrix, self.points[i])
        return crop, points[[1, 0, 2, 4, 3]] if mirrored else points

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        random = np.random.default_rng([self.seed, worker.id if worker else 0])
        while True:
            samples = [self.sample(int(i), random) for i in random.integers(0, len(self.pictures), BATCH)]
            yield batch([(degrade(crop, random) if random.random() < 0.7 else crop, points) for crop, points in samples])


def batch(samples: list[tuple[np.ndarray, np.ndarray]]) -> tuple[torch.Tensor, torch.Tensor]:
    crops, points = zip(*samples)
    wanted = (np.stack(points) - CROP_TEMPLATE).reshape(-1, 10) / 8
    return torch.from_numpy(np.stack(crops)), torch.from_numpy(wanted.astype(np.float32))


def mean_error(net: PointRefiner, crops: torch.Tensor, wanted: torch.Tensor) -> float:
    """Mean distance of a point, in per cent of the template's distance between the eyes."""
    net.eval()
    with torch.no_grad():
        apart = (net(normalise(crops)) - wanted).reshape(-1, 5, 2).norm(dim=-1).mean() * 8
    return 100 * float(apart) / float(np.linalg.norm(CROP_TEMPLATE[0] - CROP_TEMPLATE[1]))


def run(args: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    pictures, points = build(args.data, args.work, args.weights / "yunet/yunet_n_dynamic.onnx", args.chips)
    order = np.random.default_rng(0).permutation(len(points))
    held = order[: int(HELD_OUT * len(points))]
    pictures, points, kept = np.asarray(pictures), points, order[len(held) :]
    crops = Crops(pictures[kept], points[kept], int(time.time()))
    fixed = np.random.default_rng(2)
    test = batch([Crops(pictures[held], points[held], 0).sample(i, fixed) for i in range(len(held))])
    net, average = (PointRefiner().to(memory_format=torch.channels_last) for _ in "na")
    average.load_state_dict(net.state_dict())
    optimiser = torch.optim.AdamW(net.parameters(), RATE, weight_decay=1e-2)
    file, steps, before = args.work / "points.pt", 0, 0.0
    if file.exists():
        saved = torch.load(file, weights_only=True)
        net.load_state_dict(saved["net"])
        average.load_state_dict(saved["average"])
        optimiser.load_state_dict(saved["optimiser"])
        steps, before = saved["steps"], saved["seconds"]
    start = shown = time.monotonic()
    for pixels, wanted in DataLoader(crops, batch_size=None, num_workers=1, prefetch_factor=4):
        seconds = before + time.monotonic() - start
        done = min(1.0, seconds / args.seconds)
        for group in optimiser.param_groups:
            group["lr"] = RATE * rate_factor(done)
        net.train()
        with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BF16):
            out = net(normalise(pixels))
        loss = F.smooth_l1_loss(out.float(), wanted, beta=0.05)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
        optimiser.step()
        steps += 1
        with torch.no_grad():
            current = net.state_dict()
            for name, value in average.state_dict().items():
                value.lerp_(current[name], 1 - min(0.999, (1 + steps) / (20 + steps))) if value.is_floating_point() else value.copy_(current[name])
        if time.monotonic() - shown >= args.every or done >= 1:
            shown = time.monotonic()
            parts = {"net": net.state_dict(), "average": average.state_dict(), "optimiser": optimiser.state_dict()}
            torch.save({**parts, "steps": steps, "seconds": seconds}, file.with_suffix(".tmp"))
            file.with_suffix(".tmp").rename(file)
            error = mean_error(average, *test)
            print(json.dumps({"seconds": round(seconds), "views": steps * BATCH, "error_percent_of_eyes": round(error, 3)}), flush=True)
        if done >= 1:
            break
    folded = fold(average)
    write(folded, torch.zeros(1, 3, CROP, CROP), args.out, ["points"], any_size=False)
    print(f"{args.out}: largest difference to torch {largest_difference(average.eval(), args.out, [(CROP, CROP)]):.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=3000)
    parser.add_argument("--every", type=float, default=300, help="seconds between checkpoints")
    parser.add_argument("--chips", type=int, default=24000)
    run(parser.parse_args())
