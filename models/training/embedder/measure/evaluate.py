"""Everything that an embedder's card says about it, except the figures of `facecert evaluate`.

    python -m embedder.measure.evaluate --model embedder.onnx [--against other.onnx] --data FACES --shared ../shared --out FILE.json

By YuNet's points, without the mirror image: held-out people (teacher cosine; mated pairs of `fiw` at thresholds from all sources'
impostors; impostors by age and kinship), LFW View 2 with and without ID-chip portraits, and people years apart. A checkpoint is
chosen by the held-out people alone: with --against, by the difference on the same pairs.
"""
import argparse
import csv
import json
import pathlib

import numpy as np

from embedder.data import Chips, targets, teacher_features
from embedder.measure.people import adults, impostors, left_out, review, templates
from embedder.measure.photos import Yunet, aligned
from embedder.measure.verification import balanced_accuracy, fold_accuracy, interval, tar, threshold_at
from embedder.views import clean

FMRS = (1e-2, 1e-3, 1e-4, 1e-5)
REPLICATES = 400
AGE_BANDS = ((16, 40), (40, 60), (60, 200))


class HeldOut:
    """The `eval` people: reviewed chips, their people and pairs."""

    def __init__(self, root):
        self.chips = Chips(root)
        pairs, children = review()
        numbers = adults(self.chips, children)
        dropped = left_out(self.chips, numbers, [row for row in pairs if row["decision"] == "same"])
        self.numbers = np.array([n for n in numbers if n not in dropped])
        self.rows = [self.chips.rows[n] for n in self.numbers]
        self.sources = np.array([row["source"] for row in self.rows])
        self.people = np.unique([f"{row['source']}/{row['person']}" for row in self.rows], return_inverse=True)[1]
        self.mated = self.mated_pairs()

    def mated_pairs(self):
        members = np.flatnonzero(self.sources == "fiw")
        a, b = np.triu_indices(len(members), 1)
        a, b = members[a], members[b]
        same = self.people[a] == self.people[b]
        return a[same], b[same]

    def templates(self, model):
        return templates(model, (clean(self.chips.chip(n)) for n in self.numbers))

    def teacher_cosine(self, features, basis):
        target = targets(teacher_features(self.chips, "both")[self.numbers], basis)
        return float((features * target).sum(1).mean())

    def verification(self, features):
        """At each rate: the threshold, the mated pairs accepted there and, in a bootstrap over people, the interval."""
        scores, _, _ = impostors(features, self.people, self.sources)
        a, b = self.mated
        mated, person = (features[a] * features[b]).sum(1), self.people[a]
        draws = np.random.default_rng(0).poisson(1.0, (REPLICATES, person.max() + 1))[:, person]
        found = {}
        for fmr in FMRS[:3]:
            threshold = threshold_at(scores, fmr)
            accepted = mated >= threshold
            found[fmr] = {"threshold": threshold, "tar": float(accepted.mean()), "interval": interval(draws @ accepted / draws.sum(1))}
        return {"impostor_pairs": len(scores), "mated_pairs": len(mated), "rates": found}

    def difference(self, features, others):
        """How many more of the mated pairs this net accepts than the other one, each at its own threshold."""
        a, b = self.mated
        person = self.people[a]
        draws = np.random.default_rng(0).poisson(1.0, (REPLICATES, person.max() + 1))[:, person]
        found = {}
        for fmr in FMRS[:3]:
            accepted = []
            for f in (features, others):
                threshold = threshold_at(impostors(f, self.people, self.sources)[0], fmr)
                accepted.append(((f[a] * f[b]).sum(1) >= threshold).astype(int))
            gain = accepted[0] - accepted[1]
            found[fmr] = {"gain": float(gain.mean()), "interval": interval(draws @ gain / draws.sum(1))}
        return found

    def groups(self, features):
        """False matches of groups at the thresholds that hold over all sources."""
        scores, _, _ = impostors(features, self.people, self.sources)
        thresholds = {fmr: threshold_at(scores, fmr) for fmr in FMRS[1:3]}
        age = np.array([float(row["age"] or "nan") for row in self.rows])
        chosen = {f"age {low}-{high - 1}": (age >= low) & (age < high) for low, high in AGE_BANDS}
        chosen |= {source: self.sources == source for source in np.unique(self.sources)}
        found = {name: self.false_matches(features, members, thresholds) for name, members in chosen.items()}
        found["relatives (fiw, one family)"] = self.relatives(features, thresholds)
        return found

    def false_matches(self, features, members, thresholds):
        """Per rate: the false matches among a group's pairs, their share, and its interval by a bootstrap over people."""
        people, sources = self.people[members], self.sources[members]
        scores, left, right = impostors(features[members], people, sources)
        draws = np.random.default_rng(0).poisson(1.0, (REPLICATES, people.max() + 1))
        pairs = sum(drawn_pairs(draws, people[sources == source]) for source in np.unique(sources))
        found = {"pairs": len(scores)}
        for fmr, threshold in thresholds.items():
            hit = scores >= threshold
            shares = (draws[:, left[hit]] * draws[:, right[hit]]).sum(1) / pairs
            found[f"at_{fmr:g}"] = {"false_matches": int(hit.sum()), "share": float(hit.mean()), "interval": interval(shares)}
        return found

    def relatives(self, features, thresholds):
        """False matches between members of one family; too few families for an interval."""
        members = np.flatnonzero(self.sources == "fiw")
        family = np.array([self.rows[m]["person"].split("/")[0] for m in members])
        a, b = np.triu_indices(len(members), 1)
        kin = (family[a] == family[b]) & (self.people[members[a]] != self.people[members[b]])
        scores = (features[members[a[kin]]] * features[members[b[kin]]]).sum(1)
        found = {"pairs": len(scores), "families": len(np.unique(family[a[kin]]))}
        return found | {f"at_{fmr:g}": {"false_matches": int((scores >= t).sum())} for fmr, t in thresholds.items()}


def drawn_pairs(draws, people):
    """Impostor pairs in each bootstrap replicate: a pair counts as often as both of its people were drawn."""
    chips = np.bincount(people, minlength=draws.shape[1])
    weights = draws * chips
    return (weights.sum(1) ** 2 - (weights**2).sum(1)) / 2


class Photos:
    """Aligned photos of a test set by path, kept in a file between runs."""

    def __init__(self, folder, paths, yunet, cache):
        self.place = {path: number for number, path in enumerate(paths)}
        if cache and cache.exists():
            stored = np.load(cache)
            self.found, self.whole, self.portrait = stored["found"], stored["whole"], stored["portrait"]
        else:
            self.found, self.whole, self.portrait = aligned([folder / path for path in paths], Yunet(yunet))
            if cache:
                np.savez(cache, found=self.found, whole=self.whole, portrait=self.portrait)

    def templates(self, model, portrait=False):
        """A photo without a face is zero, and its score with everything -1."""
        features = templates(model, self.portrait if portrait else self.whole)
        features[~self.found] = 0
        return features

    def scores(self, a, b, features, others=None):
        others = features if others is None else others
        scores = (features[a].astype(np.float64) * others[b]).sum(1).astype(np.float32)
        scores[~self.found[a] | ~self.found[b]] = -1
        return scores


def lfw(folder, model, yunet, cache):
    names = sorted(str(path.relative_to(folder)) for path in folder.glob("images/*/*"))
    photos = Photos(folder, names, yunet, cache and cache / "lfw.npz")
    by_stem = {pathlib.Path(name).stem: number for number, name in enumerate(names)}
    a, b, same, fold = [], [], [], []
    for number, line in enumerate((folder / "pairs.txt").read_text().splitlines()[1:]):
        part = line.split()
        one, other = (part[0], part[1]), (part[-2] if len(part) == 4 else part[0], part[-1])
        a.append(by_stem[f"{one[0]}_{int(one[1]):04d}"])
        b.append(by_stem[f"{other[0]}_{int(other[1]):04d}"])
        same.append(len(part) == 3)
        fold.append(number // 600)
    a, b, same, fold = map(np.array, (a, b, same, fold))
    whole, portrait = photos.templates(model), photos.templates(model, portrait=True)
    accuracy = {
        "photos": fold_accuracy(photos.scores(a, b, whole), same, fold),
        "one side an ID chip": fold_accuracy(photos.scores(a, b, portrait, whole), same, fold),
        "both sides": fold_accuracy(photos.scores(a, b, portrait), same, fold),
    }
    person = np.unique([pathlib.Path(name).parent.name for name in names], return_inverse=True)[1]
    return {"photos": len(names), "not_detected": int((~photos.found).sum()), "accuracy_and_deviation": accuracy, "all_pairs": all_pairs(photos, whole, person)}


def all_pairs(photos, features, person):
    """TAR over all pairs of one name, at thresholds over all pairs of different names."""
    mated, impostor = [], []
    product = features @ features.T
    product[~photos.found] = product[:, ~photos.found] = -1
    for row in range(1, len(product)):
        same = person[:row] == person[row]
        mated.append(product[row, :row][same])
        impostor.append(product[row, :row][~same])
    mated, impostor = np.concatenate(mated), np.concatenate(impostor)
    found = {fmr: threshold_at(impostor, fmr) for fmr in FMRS}
    return {"mated_pairs": len(mated), "impostor_pairs": len(impostor), "rates": {fmr: {"threshold": t, "tar": tar(mated, t)} for fmr, t in found.items()}}


def years_apart(folder, model, yunet, cache):
    with open(folder / "pairs.tsv", newline="") as file:
        pairs = list(csv.DictReader(file, delimiter="\t"))
    names = sorted({pair[side] for pair in pairs for side in ("photo_a", "photo_b")})
    photos = Photos(folder, names, yunet, cache and cache / "age.npz")
    features = photos.templates(model)
    scores = photos.scores(*(np.array([photos.place[pair[side]] for pair in pairs]) for side in ("photo_a", "photo_b")), features)
    same = np.array([pair["same"] == "1" for pair in pairs])
    in_set = {name: np.array([pair["set"] == name for pair in pairs]) for name in ("cacd", "fgnet")}
    years, older = (np.array([float(pair[column] or "nan") for pair in pairs]) for column in ("years", "older"))
    fgnet = in_set["fgnet"]
    threshold = threshold_at(scores[fgnet & ~same], 1e-2)
    bands = {"all": years >= 0, "under 10": years < 10, "10-19": (years >= 10) & (years < 20), "20 and more": years >= 20, "older photo at 50 or more": older >= 50}
    mated = {name: scores[fgnet & same & band] for name, band in bands.items()}
    return {
        "balanced_accuracy": {name: balanced_accuracy(scores[members], same[members]) for name, members in in_set.items()},
        "fgnet_false_non_match_at_fmr_1e-2": {name: {"pairs": len(s), "rate": 1 - tar(s, threshold)} for name, s in mated.items()},
    }


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--model", required=True)
    p.add_argument("--against", help="another net, compared on the held-out people")
    p.add_argument("--basis", help="checkpoint whose target basis tells the teacher cosine")
    p.add_argument("--data", required=True)
    p.add_argument("--shared", required=True, type=pathlib.Path, help="folder with data/lfw, data/age and weights/yunet")
    p.add_argument("--cache", type=pathlib.Path, help="folder for the aligned test photos")
    p.add_argument("--held-out-only", action="store_true", help="what may choose a checkpoint, and nothing else")
    p.add_argument("--out", required=True, type=pathlib.Path)
    a = p.parse_args()
    people = HeldOut(a.data)
    features = people.templates(a.model)
    result = {"model": a.model, "held_out": people.verification(features), "held_out_groups": people.groups(features)}
    if a.basis:
        import torch

        basis = tuple(part.float().numpy() for part in torch.load(a.basis, weights_only=True)["basis"])
        result["held_out_teacher_cosine"] = people.teacher_cosine(features, basis)
    if a.against:
        result["against"] = {"model": a.against, "gain": people.difference(features, people.templates(a.against))}
    if not a.held_out_only:
        yunet = a.shared / "weights/yunet/yunet_n_dynamic.onnx"
        result["lfw"] = lfw(a.shared / "data/lfw", a.model, yunet, a.cache)
        result["years_apart"] = years_apart(a.shared / "data/age", a.model, yunet, a.cache)
    a.out.write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
