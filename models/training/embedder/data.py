"""Chips with cached teacher features, and the endless, repeatable stream of training batches made of them.

A data folder holds one folder per source, as `unpack.py` and `faces.py` of the data's scripts write them:
  chips.u8    N x 128 x 128 x 3 RGB
  omz.f16     N x 256, edge.f16 N x 512: unit-norm teacher features, chip and mirror image summed
  index.tsv   one row per chip, with the columns `split` (train | eval), `person`, and `age`, `sex`, `group` where known
  DONE        written last
"""
import csv
import pathlib

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

from embedder.net import DIMENSION
from embedder.views import CHIP_SIDE, view

MEAN_SHARE = 0.7  # of the teachers' mean feature is taken off: it says "a face" and nothing about whose


def read_index(folder):
    with open(folder / "index.tsv", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


class Chips:
    """All chips of a data folder: `rows` (index), `omz` and `edge` (features), `train` and `eval` (row numbers)."""

    def __init__(self, root, sources=None):
        self.rows, self.pixels, omz, edge = [], [], [], []
        for done in sorted(pathlib.Path(root).glob("*/DONE")):
            folder = done.parent
            if sources and folder.name not in sources:
                continue
            rows = read_index(folder)
            pixels = np.memmap(folder / "chips.u8", np.uint8, "r", shape=(len(rows), CHIP_SIDE, CHIP_SIDE, 3))
            self.rows += [{**row, "source": folder.name, "place": (len(self.pixels), i)} for i, row in enumerate(rows)]
            self.pixels.append(pixels)
            omz.append(np.fromfile(folder / "omz.f16", np.float16).reshape(len(rows), -1))
            edge.append(np.fromfile(folder / "edge.f16", np.float16).reshape(len(rows), -1))
        self.omz, self.edge = np.concatenate(omz), np.concatenate(edge)
        held_out = np.array([row["split"] == "eval" for row in self.rows])
        self.train, self.eval = np.flatnonzero(~held_out), np.flatnonzero(held_out)

    def __len__(self):
        return len(self.rows)

    def chip(self, number):
        source, row = self.rows[number]["place"]
        return self.pixels[source][row]


def teacher_features(chips, teachers):
    """Unit features of the chosen teachers side by side, so that a product is the mean of their cosines."""
    parts = {"omz": [chips.omz], "both": [chips.omz, chips.edge]}[teachers]
    return np.concatenate(parts, 1).astype(np.float32) / np.sqrt(len(parts), dtype=np.float32)


def fit_basis(features):
    """What to take off and the 256 directions of most variance: (mean, projection)."""
    mean = features.mean(0)
    _, vectors = np.linalg.eigh(np.cov((features - mean).T))
    return mean, vectors[:, ::-1][:, :DIMENSION].astype(np.float32)


def targets(features, basis):
    """What the student is to say: unit vectors of 256."""
    mean, projection = basis
    found = (features - MEAN_SHARE * mean) @ projection
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


class Batches(Dataset):
    """Batch number n, a function of n and the seed alone: (views, targets, targets of other chips to rank against).

    Every chip comes once per pass; passes are shuffled anew. Of `workers` processes, number `rank` gets its share of each batch.
    """

    def __init__(self, chips, target, settings, rank=0, workers=1):
        self.chips, self.target, self.rank, self.workers = chips, target, rank, workers
        self.seed, self.batch, self.others, self.hard = settings.seed, settings.batch, settings.others, settings.hard
        self.order = (-1, None)

    def __getitem__(self, number):
        first = (number * self.workers + self.rank) * self.batch
        ids = np.array([self.row(first + k) for k in range(self.batch)])
        views = np.stack([view(self.chips.chip(i), self.rng(1, first + k), self.hard) for k, i in enumerate(ids)])
        others = self.rng(2, first).choice(self.chips.train, self.others)
        return torch.from_numpy(views), torch.from_numpy(self.target[ids]), torch.from_numpy(self.target[others])

    def row(self, position):
        epoch, place = divmod(position, len(self.chips.train))
        if self.order[0] != epoch:
            self.order = (epoch, self.rng(0, epoch).permutation(self.chips.train))
        return self.order[1][place]

    def rng(self, purpose, number):
        return np.random.default_rng([self.seed, purpose, number])

    def stream(self, start, loaders):
        """Batches from number `start` on, without end; `loaders` processes prepare them (0: this one)."""
        return iter(DataLoader(self, batch_size=None, sampler=Count(start), num_workers=loaders))


class Count:
    """start, start + 1, ..."""

    def __init__(self, start):
        self.start = start

    def __iter__(self):
        number = self.start
        while True:
            yield number
            number += 1
