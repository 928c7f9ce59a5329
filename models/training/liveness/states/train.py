"""Trains the net of one state over five folds, writes every picture's score from the net that never saw its group, then trains on all.

    python -m liveness.states.train eyes  --data DATA --work WORK --out ../default/eyes.onnx  --scores liveness/scores/eyes.tsv  --seconds 120
    python -m liveness.states.train mouth --data DATA --work WORK --out ../default/mouth.onnx --scores liveness/scores/mouth.tsv --seconds 120

`--seconds` is for each of the six runs. WORK keeps a checkpoint of each, and holds the faces prepared by
`liveness.landmarks.train`, whose mouths and open eyes teach as well. Yawns are never trained on.
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

from common.onnx_file import fold, largest_difference, widened, write
from common.trainer import Trainer
from detector.net import normalise
from detector.views import degrade
from liveness.states.net import SIDE, OpenState
from liveness.states.pictures import BASE, FOLDS, Pictures, open_eyes, read, taught_mouths

BATCH = 128
LABEL_SMOOTHING = 0.03
TAUGHT_SHARE = 0.5  # of the views of a state that whole faces teach as well: of both states of mouths, of open eyes
GROUPS = {"eyes": "dup_group", "mouth": "person"}
HELD_OUT_SOURCE = "yawn-sehyunlee217"


def view(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The square as far off as landmarks put it; coarser as in small faces; light, noise and compression of any camera."""
    angle, scale = np.deg2rad(random.normal(0, 8)), SIDE / BASE * np.exp(random.normal(0, 0.12))
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = turn @ np.diag([random.choice([-1.0, 1.0]), 1.0])
    shift = SIDE / 2 - 0.5 + random.normal(0, 0.05 * SIDE, 2) - linear @ np.full(2, BASE / 2 - 0.5)
    matrix = np.concatenate([linear, shift[:, None]], 1)
    out = cv2.warpAffine(picture, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if random.random() < 0.5:
        small = int(random.integers(11, 40))
        out = cv2.resize(cv2.resize(out, (small, small), interpolation=cv2.INTER_AREA), (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
    return degrade(out, random) if random.random() < 0.6 else out


class Views:
    """Batches with as many open as closed pictures."""

    def __init__(self, own: tuple[np.ndarray, np.ndarray], taught: tuple[np.ndarray, np.ndarray]) -> None:
        self.sets = [own, taught]
        self.members = [[np.flatnonzero(is_open == state) for state in (False, True)] for _, is_open in self.sets]

    def __iter__(self) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        random = np.random.default_rng(int(time.time()))
        while True:
            views, states = [], []
            for _ in range(BATCH):
                state = int(random.integers(2))
                kind = int(len(self.members[1][state]) > 0 and random.random() < TAUGHT_SHARE)
                views.append(view(self.sets[kind][0][random.choice(self.members[kind][state])], random))
                states.append(float(state))
            yield torch.from_numpy(np.stack(views)), torch.tensor(states)


def train(views: Views, checkpoint: Path, seconds: float) -> Trainer:
    trainer = Trainer(OpenState, checkpoint, seconds, 60)
    for pixels, states in views:
        if trainer.finished:
            break
        answer = trainer.answer(normalise(pixels)).float().flatten()
        loss = F.binary_cross_entropy_with_logits(answer, states * (1 - 2 * LABEL_SMOOTHING) + LABEL_SMOOTHING)
        trainer.step(loss, {"loss": loss.detach(), "wrong": ((answer > 0) != (states > 0.5)).float().mean()}, BATCH)
    trainer.save()
    trainer.average.eval()
    return trainer


def score(net: OpenState, pictures: np.ndarray) -> np.ndarray:
    crops = np.stack([cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for picture in pictures])
    with torch.no_grad():
        return net(normalise(torch.from_numpy(crops))).flatten().numpy()


def report(pictures: Pictures, scores: np.ndarray) -> None:
    for source in np.unique(pictures.source):
        for state, name in ((True, "open"), (False, "closed")):
            chosen = (pictures.source == source) & (pictures.open == state)
            if chosen.any():
                wrong = int(((scores[chosen] > 0) != state).sum())
                print(f"{source}: {name} judged otherwise {wrong} of {chosen.sum()} ({100 * wrong / chosen.sum():.2f} %)")


def write_scores(pictures: Pictures, scores: np.ndarray, out: Path) -> None:
    out.parent.mkdir(exist_ok=True)
    lines = [f"{row}\t{fold}\t{source}\t{'open' if state else 'closed'}\t{value:.4f}\n"
             for row, fold, source, state, value in zip(pictures.row, pictures.fold, pictures.source, pictures.open, scores)]  # fmt: skip
    out.write_text("row\tfold\tsource\tstate\tlogit_open\n" + "".join(lines))


def run(args: argparse.Namespace) -> None:
    cv2.setNumThreads(1)
    pictures = read(args.data / args.state, GROUPS[args.state])
    taught = taught_mouths(args.work) if args.state == "mouth" else open_eyes(args.work, labelled=False)
    own = pictures.source != HELD_OUT_SOURCE
    scores = np.zeros(len(pictures.row), np.float32)
    for number in range(FOLDS):
        kept = own & (pictures.fold != number)
        net = train(Views((pictures.pixels[kept], pictures.open[kept]), taught), args.work / f"{args.state}{number}.pt", args.seconds).average
        out = pictures.fold == number
        scores[out] = score(net, pictures.pixels[out])
    report(pictures, scores)
    write_scores(pictures, scores, args.scores)
    final = train(Views((pictures.pixels[own], pictures.open[own]), taught), args.work / f"{args.state}.pt", args.seconds).average
    if args.state == "eyes":
        seen = score(final, open_eyes(args.work, labelled=True)[0])
        print(f"open eyes of labelled faces, none of them trained on: {(seen <= 0).sum()} of {len(seen)} judged closed")
    export(final, args.out)


def export(net: OpenState, out: Path) -> None:
    exported = fold(net)
    exported.open = widened(exported.open)
    write(exported, torch.zeros(1, 3, SIDE, SIDE), out, ["open"], any_size=False, half=True)
    print(f"{out}: largest difference to torch {largest_difference(net, out, [(SIDE, SIDE)]):.1e}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state", choices=GROUPS)
    for name in ("data", "work", "out", "scores"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seconds", type=float, required=True, help="of each of the six runs, earlier calls included")
    run(parser.parse_args())
