"""Trains the passive liveness net: on made attacks, then for each fold on the real pictures of the other folds, then on all of them.

    python -m liveness.pad.train --data DATA --photos PHOTOS --work WORK --out ../default/pad.onnx --seconds-made 600 --seconds 240

PHOTOS: where `detector.train` unpacked its photos. WORK keeps `pad-made.pt`, `pad0.pt` to `pad4.pt` and `pad.pt`; a later call
goes on from there. `--seconds` is for each of the six runs on real pictures. `liveness.pad.score` then writes the scores.
"""
import argparse
import os
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and torch: one core per process

import cv2
import torch
import torch.nn.functional as F
from torch import nn

from common.onnx_file import fold, largest_difference, widened, write
from common.trainer import Trainer
from detector.net import normalise
from liveness.pad.bases import training_bases
from liveness.pad.manifest import FOLDS, read
from liveness.pad.net import SIDE, Pad, live_log_odds
from liveness.pad.views import Made, Real, batches

BATCH = 64
REAL_SHARE = 0.8  # of the views once real pictures are shown
LABEL_SMOOTHING = 0.05


def train(sources: list[Made | Real], shares: list[float], checkpoint: Path, start: nn.Module | None, seconds: float) -> Pad:
    def fresh() -> Pad:
        net = Pad()
        if start:
            net.load_state_dict(start.state_dict())
        return net

    trainer = Trainer(fresh, checkpoint, seconds, 60)
    for pixels, wanted in batches(sources, shares, BATCH, int(time.time())):
        if trainer.finished:
            break
        answer = trainer.answer(normalise(pixels)).float().flatten(1)
        loss = F.cross_entropy(answer, wanted, label_smoothing=LABEL_SMOOTHING)
        wrong = ((live_log_odds(answer.detach()) > 0) != (wanted == 0)).float().mean()
        trainer.step(loss, {"loss": loss.detach(), "wrong": wrong}, BATCH)
    trainer.save()
    return trainer.average.eval()


def export(net: Pad, out: Path) -> None:
    exported = fold(net)
    exported.classes = widened(exported.classes)
    write(exported, torch.zeros(1, 3, SIDE, SIDE), out, ["classes"], any_size=False, half=True)
    print(f"{out}: largest difference to torch {largest_difference(net, out, [(SIDE, SIDE)]):.1e}")


def run(args: argparse.Namespace) -> None:
    cv2.setNumThreads(1)
    made, pictures = Made(training_bases(args.data, args.photos, args.work)), read(args.data / "pad")
    start = train([made], [1.0], args.work / "pad-made.pt", None, args.seconds_made)
    shares = [1 - REAL_SHARE, REAL_SHARE]
    export(train([made, Real(pictures)], shares, args.work / "pad.pt", start, args.seconds), args.out)
    for number in range(FOLDS):
        others = [picture for picture in pictures if picture.fold != number]
        train([made, Real(others)], shares, args.work / f"pad{number}.pt", start, args.seconds)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "photos", "work", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seconds-made", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    run(parser.parse_args())
