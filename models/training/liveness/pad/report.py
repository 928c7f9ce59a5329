"""Error rates re-counted from the table of scores.

    python -m liveness.pad.report liveness/scores/pad.tsv [--bpcer 0.05]

BPCER and APCER with counts and 95 % intervals, never averaged: by species and source, and by face size; MiniFASNet by the same rule.
"""
import argparse
import csv
from pathlib import Path

import numpy as np

from liveness.pad.error_rates import Scored, judged, line, threshold

FACE_BANDS = ((0, 64), (64, 96), (96, 128), (128, 10_000))  # px, longer side of the face's box


def read(table: Path) -> tuple[Scored, np.ndarray]:
    """The scores, and MiniFASNet's."""
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))

    def numbers(name: str) -> np.ndarray:
        return np.array([float(row[name] or "nan") for row in rows])

    texts = {name: np.array([row[name] for row in rows]) for name in ("species", "source")}
    scored = Scored(numbers("fold"), texts["species"], texts["source"], numbers("face_px"), numbers("tight"), numbers("context"))
    return scored, numbers("minifasnet")


def rates(scored: Scored, accepted: np.ndarray, rows: np.ndarray) -> None:
    for species in np.unique(scored.species[rows]):
        chosen = rows & (scored.species == species)
        errors = int((accepted[chosen] != (species == "live")).sum())
        print("  " + line(f"{'BPCER' if species == 'live' else 'APCER'} {species}", errors, int(chosen.sum())))


def public_judged(scored: Scored, scores: np.ndarray, bpcer: float) -> np.ndarray:
    accepted = np.zeros(len(scores), bool)
    for fold in np.unique(scored.fold):
        for both in (False, True):
            rows = (scored.fold == fold) & (scored.both == both)
            others = (scored.fold != fold) & (scored.both == both) & scored.live
            accepted[rows] = scores[rows] >= threshold(scores[others], bpcer)
    return accepted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("table", type=Path)
    parser.add_argument("--bpcer", type=float, default=0.05, help="at which the threshold is set on the other folds")
    args = parser.parse_args()
    scored, public = read(args.table)
    made = scored.source == "made"
    for name, rows in (("real", ~made), ("made", made)):
        part = scored.of(rows)
        accepted, every = judged(part, args.bpcer), np.ones(rows.sum(), bool)
        print(f"{name}, all:")
        rates(part, accepted, every)
        for both in (True, False) if name == "real" else ():
            print(f"{name}, {'tight and context crop' if both else 'tight crop alone'}:")
            rates(part, accepted, part.both == both)
        for low, high in FACE_BANDS if name == "real" else ():
            print(f"{name}, face of {low} to {high - 1} px:")
            rates(part, accepted, (part.face_px >= low) & (part.face_px < high))
        for source in np.unique(part.source) if name == "real" else ():
            print(f"{name}, {source}:")
            rates(part, accepted, part.source == source)
    real = scored.of(~made)
    accepted = public_judged(real, public[~made], args.bpcer)
    for both in (True, False):
        print(f"MiniFASNet, real, {'with context' if both else 'tight crop padded, at a disadvantage'}:")
        rates(real, accepted, real.both == both)


if __name__ == "__main__":
    main()
