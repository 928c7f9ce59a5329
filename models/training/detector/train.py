"""Trains the detector from labels and from YuNet's answer on every view. Resumes from the last checkpoint by itself.

    python train.py --data DATA --weights WEIGHTS --work WORK --seconds 7200 [--workers 2]

DATA holds `detect` and `faces`, WEIGHTS `yunet`; WORK receives the decoded photos and `last.pt`, every five minutes. The
learning rate follows the clock and ends at zero; `--seconds` counts the whole training, what earlier runs used included.
"""
import argparse
import json
import os
import tarfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and torch: one core per process

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import DataLoader

from chips import training_chips
from dataset import Batches
from net import STRIDES, Detector, normalise

BOX_WEIGHT, POINTS_WEIGHT = 5.0, 1.0
RATE, WEIGHT_DECAY, CLIP = 3e-3, 1e-2, 5.0
HAS_BF16 = any(flag in Path("/proc/cpuinfo").read_text() for flag in ("avx512_bf16", "amx_bf16"))


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


def rate_factor(done: float) -> float:
    """Share of the full rate after `done` of the time: warm-up, then a cosine down to zero."""
    return min(1.0, 0.05 + done / 0.02) * float(0.5 + 0.5 * torch.cos(torch.tensor(min(done, 1.0) * torch.pi)))


class Training:
    """Net, running average and optimiser, as one checkpoint."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.net = Detector().to(memory_format=torch.channels_last)
        self.average = Detector().to(memory_format=torch.channels_last)
        self.average.load_state_dict(self.net.state_dict())
        self.optimiser = torch.optim.AdamW(self.net.parameters(), RATE, weight_decay=WEIGHT_DECAY)
        self.steps, self.views, self.seconds = 0, 0, 0.0
        if file.exists():
            saved = torch.load(file, weights_only=True)
            self.net.load_state_dict(saved["net"])
            self.average.load_state_dict(saved["average"])
            self.optimiser.load_state_dict(saved["optimiser"])
            self.steps, self.views, self.seconds = saved["steps"], saved["views"], saved["seconds"]

    def save(self) -> None:
        parts = {name: getattr(self, name).state_dict() for name in ("net", "average", "optimiser")}
        counts = {name: getattr(self, name) for name in ("steps", "views", "seconds")}
        torch.save({**parts, **counts}, self.file.with_suffix(".tmp"))
        self.file.with_suffix(".tmp").rename(self.file)

    def step(self, batch: dict[str, Tensor], factor: float) -> dict[str, float]:
        with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BF16):
            maps = self.net(normalise(batch["pixels"]))
        parts = losses(flat(maps), batch)
        total = parts["obj"] + parts["cls"] + BOX_WEIGHT * parts["box"] + POINTS_WEIGHT * parts["points"]
        for group in self.optimiser.param_groups:
            group["lr"] = RATE * factor
        self.optimiser.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        self.optimiser.step()
        self.steps += 1
        self.views += len(batch["pixels"])
        self._update_average(min(0.999, (1 + self.steps) / (20 + self.steps)))
        return {name: value.item() for name, value in parts.items()}

    @torch.no_grad()
    def _update_average(self, keep: float) -> None:
        current = self.net.state_dict()
        for name, value in self.average.state_dict().items():
            value.lerp_(current[name], 1 - keep) if value.is_floating_point() else value.copy_(current[name])


def unpack_photos(detect: Path, work: Path) -> None:
    if not (work / "photos").exists():
        for part in sorted((detect / "train").glob("images-*.tar")):
            with tarfile.open(part) as tar:
                tar.extractall(work / "photos", filter="data")


def run(args: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    unpack_photos(args.data / "detect", args.work)
    training = Training(args.work / "last.pt")
    seed = int(time.time())
    batches = Batches(args.data, args.work, args.weights / "yunet/yunet_n_dynamic.onnx", training_chips(args.data / "faces", args.chips), seed)
    loader = DataLoader(batches, batch_size=None, num_workers=args.workers, prefetch_factor=4)
    before, start = training.seconds, time.monotonic()
    shown = saved = start
    sums: dict[str, float] = {}
    count = 0
    for batch in loader:
        training.seconds = before + time.monotonic() - start
        done = training.seconds / args.seconds
        if done >= 1:
            break
        for name, value in training.step(batch, rate_factor(done)).items():
            sums[name] = sums.get(name, 0.0) + value
        count += 1
        now = time.monotonic()
        if now - shown >= 60:
            means = {name: round(value / count, 4) for name, value in sums.items()}
            print(json.dumps({"seconds": round(training.seconds), "views": training.views, **means}), flush=True)
            shown, sums, count = now, {}, 0
        if now - saved >= args.every:
            training.save()
            saved = now
    training.save()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=7200)
    parser.add_argument("--every", type=float, default=300, help="seconds between checkpoints")
    parser.add_argument("--workers", type=int, default=2, help="processes that make views")
    parser.add_argument("--chips", type=int, default=8000)
    run(parser.parse_args())
