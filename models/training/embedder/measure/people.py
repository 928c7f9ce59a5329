"""The people kept for measuring and calibration: who of the `eval` split counts, and the pairs that they make.

Only people aged 16 and over where the age is known: children are no pensioners, look alike to any net, and would set the
threshold for everybody. In most sources a person has no label and can occur twice, so the highest-scoring impostor pairs were
looked at, with both teachers as a second opinion: review/pairs.tsv says what was decided, review/children.tsv which chips
without a known age show a child. Of several chips of one person in a source without labels one is kept; in a labelled source
chips whose label the review contradicts are left out.
"""
import csv
import pathlib

import numpy as np

from embedder.teachers import channels_first, session, unit

YOUNGEST = 16
LABELLED = ("fiw",)  # eval sources in which `person` is an identity label
REVIEW = pathlib.Path(__file__).parent / "review"


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def review():
    """The reviewed pairs, and the chips (source, row) that show a child."""
    children = {(row["source"], row["row"]) for row in table(REVIEW / "children.tsv")}
    return table(REVIEW / "pairs.tsv"), children


def templates(model, views):
    """Unit-norm f32 templates of 112x112 views by an ONNX file of export.py."""
    net = session(model)
    found = (net.run(None, {"x": channels_first((view.astype(np.float32) - 127.5) / 127.5)})[0][0] for view in views)
    return unit(np.stack(list(found)).astype(np.float64)).astype(np.float32)


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
