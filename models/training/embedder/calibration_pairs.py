"""Templates of the people kept for calibration, for `facecert calibrate`, and a cross-check of its thresholds.

    python calibration_pairs.py --data FACES --model embedder.onnx --out DIR
    facecert calibrate --templates DIR/templates.npy --ids DIR/ids.tsv --contract ID -o calibration.json

DIR/templates.npy: N x 256 f32, unit norm. DIR/ids.tsv: row, id, person, source; impostor pairs are formed within one source.
DIR/crosscheck.json: thresholds by this script's own arithmetic, with and without the review.

Only people of the `eval` split, aged 16 and over where the age is known: children are no pensioners, look alike to any net, and
would set the threshold for everybody. In most sources a person has no label and can occur twice, so the highest-scoring impostor
pairs were looked at, with both teachers as a second opinion: review/pairs.tsv says what was decided (`unclear` pairs stay
impostors, which errs towards the higher threshold), review/children.tsv which chips without a known age show a child.
Of several chips of one person in a source without labels one is kept; in a labelled source chips whose label the review
contradicts are left out.
"""
import argparse
import csv
import json
import pathlib

import numpy as np
import onnxruntime

from data import Chips
from views import clean

YOUNGEST = 16
LABELLED = ("fiw",)  # eval sources in which `person` is an identity label
FMRS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
OBSERVED = 30  # a rate with fewer false matches is not measured
REPLICATES = 400
REVIEW = pathlib.Path(__file__).parent / "review"


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def templates(chips, numbers, model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    found = []
    for number in numbers:
        x = (clean(chips.chip(number)).astype(np.float32) - 127.5) / 127.5
        found.append(session.run(None, {"x": x.transpose(2, 0, 1)[None]})[0][0].astype(np.float64))
    found = np.stack(found)
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def adults(chips, children):
    """Numbers of the chips of `eval` people that may show an adult."""
    kept = []
    for number in chips.eval:
        row = chips.rows[number]
        known = float(row["age"]) if row["age"] else None
        if (known is None or known >= YOUNGEST) and (row["source"], row["row"]) not in children:
            kept.append(number)
    return kept


def left_out(chips, numbers, same):
    """Chips to drop so that no reviewed pair of one person remains."""
    place = {(chips.rows[n]["source"], chips.rows[n]["row"]): n for n in numbers}
    first = {}  # union-find: the earliest chip of the same person

    def root(n):
        while first.get(n, n) != n:
            n = first[n]
        return n

    dropped = set()
    for row in same:
        a, b = (place.get((row["source"], row[name])) for name in ("row_a", "row_b"))
        if a is None or b is None:
            continue
        if row["source"] in LABELLED:
            dropped |= {a, b}
        else:
            low, high = sorted((root(a), root(b)))
            first[high] = low
    return dropped | {n for n in numbers if root(n) != n}


def impostors(features, people, sources):
    """Scores of all pairs of different people within a source, and the two people of each."""
    scores, left, right = [], [], []
    for source in np.unique(sources):
        members = np.flatnonzero(sources == source)
        a, b = np.triu_indices(len(members), 1)
        a, b = members[a], members[b]
        keep = people[a] != people[b]
        scores.append((features[members] @ features[members].T)[np.triu_indices(len(members), 1)][keep])
        left.append(people[a[keep]])
        right.append(people[b[keep]])
    return np.concatenate(scores), np.concatenate(left), np.concatenate(right)


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
    reviewed = table(REVIEW / "pairs.tsv")
    children = {(row["source"], row["row"]) for row in table(REVIEW / "children.tsv")}
    numbers = adults(chips, children)
    all_features = templates(chips, numbers, a.model)
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
