"""Trains the detector from labels and from YuNet's answer on every view. Resumes from the last checkpoint by itself.

    python -m detector.train --data DATA --weights WEIGHTS --work WORK --seconds 7200
    torchrun --nproc-per-node 2 -m detector.train ...    (two cores: gradients averaged)

DATA holds `detect` and `faces`, WEIGHTS `yunet`; WORK receives the decoded photos and `last.pt`, every five minutes. The
learning rate follows the processor time and ends at zero; `--seconds` counts the whole training, what earlier runs used included.
"""
import argparse
import os
import tarfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and torch: one core per process

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader

from detector.chips import training_chips
from detector.dataset import Batches
from detector.net import STRIDES, Detector, normalise
from common.trainer import Trainer, join_processes

BOX_WEIGHT, POINTS_WEIGHT = 5.0, 1.0


def flat(maps: tuple[Tensor, ...]) -> Tensor:
    """Three maps -> N x cells x 16, stride 8 first."""
    return torch.cat([level.flatten(2).transpose(1, 2) for level in maps], 1).float()


def cell_grid(size: int) -> tuple[Tensor, Tensor]:
    corners, strides = [], []
    for stride in STRIDES:
        y, x = torch.meshgrid(torch.arange(size // stride), torch.arange(size // stride), indexing="ij")
        corners.append(torch.stack([x, y], -1).reshape(-1, 2).float() * stride)
        strides.append(torch.full((len(corners[-1]), 1), float(stride)))
    return torch.cat(corners), torch.cat(strides)


def overlap_and_loss(boxes: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """IoU and DIoU loss of boxes paired by row."""
    low, high = torch.maximum(boxes[:, :2], wanted[:, :2]), torch.minimum(boxes[:, 2:], wanted[:, 2:])
    both = (high - low).clamp_min(0).prod(1)
    union = (boxes[:, 2:] - boxes[:, :2]).prod(1) + (wanted[:, 2:] - wanted[:, :2]).prod(1) - both
    iou = both / union.clamp_min(1e-6)
    hull = (torch.maximum(boxes[:, 2:], wanted[:, 2:]) - torch.minimum(boxes[:, :2], wanted[:, :2])).pow(2).sum(1)
    apart = ((boxes[:, :2] + boxes[:, 2:] - wanted[:, :2] - wanted[:, 2:]) / 2).pow(2).sum(1)
    return iou, 1 - iou + apart / hull.clamp_min(1e-6)


def losses(out: Tensor, batch: dict[str, Tensor]) -> dict[str, Tensor]:
    corners, strides = cell_grid(batch["pixels"].shape[1])
    face = batch["face"]
    count = face.sum().clamp_min(1)
    obj = (F.binary_cross_entropy_with_logits(out[..., 1], batch["obj"], reduction="none") * batch["weight"]).sum() / count
    raw = out[face]
    corner, stride = (grid.expand(len(face), -1, -1)[face] for grid in (corners, strides))
    centre, half = corner + raw[:, 2:4] * stride, raw[:, 4:6].clamp(-4, 6).exp() * stride / 2
    wanted = batch["box"][face]
    iou, box = overlap_and_loss(torch.cat([centre - half, centre + half], 1), wanted)
    cls = F.binary_cross_entropy_with_logits(raw[:, 0], iou.detach().clamp(0, 1), reduction="none")
    points, known = batch["points"][face], batch["points"][face].isfinite()
    scale = (wanted[:, 2:] - wanted[:, :2]).prod(1, keepdim=True).clamp_min(1).sqrt()
    error = (corner.repeat(1, 5) + raw[:, 6:] * stride - points.nan_to_num()) / scale  # in face sizes
    near = F.smooth_l1_loss(error * 10, torch.zeros_like(error), beta=0.3, reduction="none") * known
    return {"obj": obj, "cls": cls.sum() / count, "box": box.sum() / count, "points": near.sum() / count / 10}


def unpack_photos(detect: Path, work: Path) -> None:
    if not (work / "photos").exists():
        for part in sorted((detect / "train").glob("images-*.tar")):
            with tarfile.open(part) as tar:
                tar.extractall(work / "photos", filter="data")


def run(args: argparse.Namespace) -> None:
    rank = join_processes()
    unpack_photos(args.data / "detect", args.work)
    trainer = Trainer(Detector, args.work / "last.pt", args.seconds, args.every)
    chips = training_chips(args.data / "faces", args.chips)
    batches = Batches(args.data, args.work, args.weights / "yunet/yunet_n_dynamic.onnx", chips, seed=int(time.time()) + 1000 * rank)
    for batch in DataLoader(batches, batch_size=None, num_workers=args.workers, prefetch_factor=4):
        if trainer.finished:
            break
        parts = losses(flat(trainer.answer(normalise(batch["pixels"]))), batch)
        total = parts["obj"] + parts["cls"] + BOX_WEIGHT * parts["box"] + POINTS_WEIGHT * parts["points"]
        trainer.step(total, parts, len(batch["pixels"]))
    trainer.save()


def arguments(description: str) -> argparse.ArgumentParser:
    """What both trainings take."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="of processor time for the whole training, earlier runs included")
    parser.add_argument("--every", type=float, default=300, help="seconds between checkpoints")
    parser.add_argument("--chips", type=int, default=24000, help="aligned faces of DATA/faces that are used")
    return parser


if __name__ == "__main__":
    parser = arguments(__doc__)
    parser.add_argument("--workers", type=int, default=1, help="processes that make views, for each that trains")
    run(parser.parse_args())
