"""Scores every presentation by the net of the fold that never saw its group, and fits how the two crops make one score.

    python -m liveness.pad.score --data DATA --weights WEIGHTS --work WORK --scores liveness/scores/pad.tsv --decision ../default/pad.toml

Made attacks: settings and photos that no net was trained on, drawn anew at every run; each is shown to the net of one fold. The table
holds no picture and no name. `--decision` receives weights and thresholds for the shipped net.
"""
import argparse
import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and torch: one core per process

import cv2
import numpy as np
import torch

from detector.net import normalise
from liveness.attacks.camera import seen
from liveness.pad.bases import test_bases
from liveness.pad.error_rates import Scored, combined, fit, threshold
from liveness.pad.manifest import FOLDS, read
from liveness.pad.minifasnet import MiniFasNet
from liveness.pad.net import CLASSES, SIDE, Pad, live_log_odds
from liveness.pad.views import KINDS, Made, crop

MADE_PER_SPECIES = 300
BPCERS = (0.01, 0.05)  # between them it cannot be told
NONE = float("nan")


@dataclass
class Row:
    row: int
    fold: int
    source: str
    species: str
    face_px: int
    tight: float
    context: float
    minifasnet: float


def load(checkpoint: Path) -> Pad:
    net = Pad()
    net.load_state_dict(torch.load(checkpoint, weights_only=True)["average"])
    return net.eval()


def log_odds(net: Pad, crops: list[np.ndarray]) -> float:
    """Mean over the crops and their mirror images."""
    looked = np.stack([view for picture in crops for view in (picture, picture[:, ::-1])])
    with torch.no_grad():
        return float(live_log_odds(net(normalise(torch.from_numpy(looked))).flatten(1)).mean())


def real_rows(data: Path, nets: list[Pad], public: MiniFasNet) -> list[Row]:
    rows = []
    for picture in read(data / "pad"):
        odds = {kind: log_odds(nets[picture.fold], [crop(picture.pixels, picture.box, kind)]) for kind in picture.kinds}
        size = round(float(max(picture.box[2:] - picture.box[:2])))
        theirs = public.live_log_odds(picture.pixels, picture.box)
        rows.append(Row(picture.row, picture.fold, picture.source, picture.species, size, odds["tight"], odds.get("context", NONE), theirs))
    return rows


def made_rows(data: Path, nets: list[Pad], seed: int) -> list[Row]:
    made, random, rows = Made(test_bases(data), unseen=True), np.random.default_rng(seed), []
    for species in CLASSES:
        for i in range(MADE_PER_SPECIES):
            face = int(random.integers(len(made.bases.faces)))
            odds = [log_odds(nets[i % FOLDS], [seen(made.canvas(species, kind, face, random), SIDE, random)]) for kind in KINDS]
            rows.append(Row(i + 1, i % FOLDS, "made", species, SIDE, *odds, NONE))
    return rows


def scored(rows: list[Row]) -> Scored:
    return Scored(*(np.array([getattr(row, name) for row in rows]) for name in Scored.__dataclass_fields__))


def write_table(rows: list[Row], out: Path) -> None:
    out.parent.mkdir(exist_ok=True)
    names = list(Row.__dataclass_fields__)
    def text(value: object) -> str:
        return str(value) if not isinstance(value, float) else "" if np.isnan(value) else f"{value:.4f}"
    lines = ["\t".join(names), *("\t".join(text(getattr(row, name)) for name in names) for row in rows)]
    out.write_text("\n".join(lines) + "\n")


def write_decision(real: Scored, out: Path) -> None:
    """Weights and thresholds from all folds' scores: the shipped net was trained on all of them and has none of its own."""
    parameters = fit(real)
    scores = combined(real, parameters)
    lines = [
        "# What a manifest's [liveness] says of pad.onnx beside its pre-processing; written by models/training/liveness/pad/score.py.",
        "# score = weights . (log-odds of the tight crop, of the context crop) + bias; of a tight crop alone, its log-odds.",
        f"weights = [{parameters[0]:.4f}, {parameters[1]:.4f}]\nbias = {parameters[2]:.4f}",
    ]
    for name, both in (("thresholds", True), ("tight_thresholds", False)):
        living = scores[real.live & (real.both == both)]
        low, high = (threshold(living, bpcer) for bpcer in BPCERS)
        lines.append(f"\n[{name}]  # of {len(living)} living {100 * BPCERS[1]:.0f} % lie below live_from, {100 * BPCERS[0]:.0f} % below spoof_below")
        lines.append(f"live_from = {high:.4f}\nspoof_below = {low:.4f}")
    out.write_text("\n".join(lines) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("data", "weights", "work", "scores", "decision"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=int(np.random.SeedSequence().entropy % 2**31))
    args = parser.parse_args()
    cv2.setNumThreads(1)
    nets = [load(args.work / f"pad{number}.pt") for number in range(FOLDS)]
    real = real_rows(args.data, nets, MiniFasNet(args.weights / "minifasnet"))
    write_table(real + made_rows(args.data, nets, args.seed), args.scores)
    write_decision(scored(real), args.decision)
    print(f"made attacks drawn with --seed {args.seed}")


if __name__ == "__main__":
    main()
