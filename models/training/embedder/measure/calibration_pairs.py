"""Templates of the people kept for calibration, for `facecert calibrate`, and a cross-check of its thresholds.

    python -m embedder.measure.calibration_pairs --data FACES --model embedder.onnx --out DIR
    facecert calibrate --templates DIR/templates.npy --ids DIR/ids.tsv --contract ID -o calibration.json

DIR/templates.npy: N x 256 f32, unit norm. DIR/ids.tsv: row, id, person, source; impostor pairs are formed within one source.
DIR/crosscheck.json: thresholds by this script's own arithmetic, with the review, without it, and without the `unclear` pairs
(which otherwise stay impostors: that errs towards the higher threshold). Who counts and what the review is: people.py.
"""
import argparse
import json
import pathlib

import numpy as np

from embedder.data import Chips
from embedder.measure.people import adults, impostors, left_out, review, templates
from embedder.views import clean

FMRS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
OBSERVED = 30  # a rate with fewer false matches is not measured
REPLICATES = 400


def thresholds(scores, left, right, persons):
    """Per rate: threshold, 95 % interval by a bootstrap over people, false matches seen there."""
    strong = np.argsort(-scores)[: int(3 * FMRS[0] * len(scores))]
    ranked, left, right = scores[strong], left[strong], right[strong]
    points, rng = [], np.random.default_rng(0)
    draws = [rng.poisson(1.0, persons) for _ in range(REPLICATES)]
    weights = [np.cumsum(w[left] * w[right]) for w in draws]
    for fmr in FMRS:
        wanted = int(fmr * len(scores))
        resampled = [ranked[min(np.searchsorted(w, max(1, fmr * len(scores) * w[-1] / len(w))), len(w) - 1)] for w in weights]
        low, high = np.quantile(resampled, (0.025, 0.975))
        points.append({
            "fmr": fmr, "threshold": float(ranked[max(wanted - 1, 0)]), "low": float(low), "high": float(high),
            "false_matches": wanted, "extrapolated": wanted < OBSERVED,
        })
    return points


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--model", required=True)
    p.add_argument("--out", required=True)
    a = p.parse_args()
    out = pathlib.Path(a.out)
    out.mkdir(parents=True, exist_ok=True)
    chips = Chips(a.data)
    reviewed, children = review()
    numbers = adults(chips, children)
    all_features = templates(a.model, (clean(chips.chip(number)) for number in numbers))
    dropped = left_out(chips, numbers, [row for row in reviewed if row["decision"] == "same"])
    doubtful = left_out(chips, numbers, [row for row in reviewed if row["decision"] != "different"])
    check = {"model": a.model, "reviewed_pairs": len(reviewed), "review_dropped_chips": len(dropped)}
    for name, without in (("reviewed", dropped), ("not_reviewed", set()), ("unclear_dropped_too", doubtful)):
        kept = np.array([n not in without for n in numbers])
        people = np.array([chips.rows[n]["person"] for n in numbers])[kept]
        sources = np.array([chips.rows[n]["source"] for n in numbers])[kept]
        people = np.unique([f"{s}/{p}" for s, p in zip(sources, people)], return_inverse=True)[1]
        scores, left, right = impostors(all_features[kept], people, sources)
        check[name] = {"chips": int(kept.sum()), "people": int(people.max()) + 1, "impostor_pairs": len(scores),
                       "points": thresholds(scores, left, right, int(people.max()) + 1)}
        if name == "reviewed":
            write(out, all_features[kept], [chips.rows[n] for n, k in zip(numbers, kept) if k], people)
        print(name, json.dumps(check[name]))
    (out / "crosscheck.json").write_text(json.dumps(check, indent=1))


def write(out, features, rows, people):
    """Ids are source and row alone: no label of any source leaves its folder."""
    np.save(out / "templates.npy", features)
    with open(out / "ids.tsv", "w") as ids:
        ids.write("row\tid\tperson\tsource\n")
        for number, (row, person) in enumerate(zip(rows, people)):
            ids.write(f"{number}\t{row['source']}:{row['row']}\t{person}\t{row['source']}\n")


if __name__ == "__main__":
    main()
