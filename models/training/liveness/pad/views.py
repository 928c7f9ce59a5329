"""Crops for training: real pictures and made attacks through the same warp and the same camera."""
from collections import defaultdict
from collections.abc import Iterator

import cv2
import numpy as np
import torch

from detector.alignment import warp
from liveness.attacks.camera import seen
from liveness.attacks.scene import attack
from liveness.attacks.settings import Draw, Random
from liveness.landmarks.crops import square, to_crop
from liveness.pad.bases import ENLARGED, Bases
from liveness.pad.manifest import Picture
from liveness.pad.net import CLASSES, SIDE

KINDS = {"tight": 1.0, "context": 2.7}  # side of the crop over the longer side of the face's box
CANVAS = 160  # px at which an attack is made; the camera then sees it smaller
POOL, FRESH_SHARE = 150, 0.2  # attacks of one species and kind kept to be seen again; views that are made anew


def crop(rgb: np.ndarray, box: np.ndarray, kind: str, size: int = SIDE) -> np.ndarray:
    """As the product cuts it: square, border pixels repeated where the picture ends."""
    return warp(rgb, to_crop(*square(box, KINDS[kind]), size), size)


def about(rgb: np.ndarray, box: np.ndarray, kind: str, random: Random) -> np.ndarray:
    """The crop on the canvas, as far off, turned and mirrored as may be."""
    centre, side = square(box, KINDS[kind] * np.exp(random.normal(0, 0.08)))
    centre = centre + random.normal(0, 0.03, 2) * side
    turn = np.deg2rad(random.normal(0, 5))
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ np.diag([random.choice([-1.0, 1.0]), 1.0])
    linear = rotation * CANVAS / side
    matrix = np.concatenate([linear, (CANVAS / 2 - 0.5 - linear @ centre)[:, None]], 1)
    return warp(rgb, matrix, CANVAS)


def ended(canvas: np.ndarray, random: Random) -> np.ndarray:
    """As if the camera's frame had ended inside the crop, which happens to one class more than to another."""
    left, top, right, bottom = (random.uniform(0, 0.25, 4) * (random.random(4) < 0.3) * CANVAS).astype(int)
    inside = canvas[top : CANVAS - bottom, left : CANVAS - right]
    return cv2.copyMakeBorder(inside, top, bottom, left, right, cv2.BORDER_REPLICATE)


class Made:
    """Living and attack views of the generator."""

    def __init__(self, bases: Bases, unseen: bool = False) -> None:
        self.bases, self.unseen = bases, unseen
        self.pools: dict[tuple[str, str], dict[int, np.ndarray]] = defaultdict(dict)
        half = bases.faces.shape[1] / 2 - 0.5
        reach = bases.faces.shape[1] / ENLARGED / 2
        self.box = np.array([half - reach, half - reach, half + reach, half + reach])

    def canvas(self, species: str, kind: str, face: int, random: Random) -> np.ndarray:
        photo = about(self.bases.faces[face], self.box, kind, random)
        if species == "live":
            return photo
        room = cv2.resize(self.bases.rooms[random.integers(len(self.bases.rooms))], (CANVAS, CANVAS))
        return attack(species, photo, 1 / KINDS[kind], room, Draw(random, self.unseen))

    def view(self, species: str, kind: str, random: Random) -> np.ndarray:
        pool = self.pools[species, kind]
        if len(pool) < POOL or random.random() < FRESH_SHARE:
            made = self.canvas(species, kind, int(random.integers(len(self.bases.faces))), random)
            pool[len(pool) if len(pool) < POOL else random.integers(POOL)] = made
            return made
        return pool[random.integers(POOL)]


class Real:
    """Views of real pictures: every group of a class and kind as often as every other."""

    def __init__(self, pictures: list[Picture]) -> None:
        self.members: dict[tuple[str, str], dict[str, list[Picture]]] = defaultdict(lambda: defaultdict(list))
        for picture in pictures:
            for kind in picture.kinds:
                self.members[picture.species, kind][picture.group].append(picture)

    def view(self, species: str, kind: str, random: Random) -> np.ndarray:
        groups = list(self.members[species, kind].values())
        members = groups[random.integers(len(groups))]
        picture = members[random.integers(len(members))]
        return about(picture.pixels, picture.box, kind, random)


def batches(sources: list[Made | Real], shares: list[float], size: int, seed: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    random = np.random.default_rng(seed)
    while True:
        views, wanted = [], []
        for _ in range(size):
            source = sources[random.choice(len(sources), p=shares)]
            number = int(random.choice(3, p=(0.4, 0.3, 0.3)))
            kind = "tight" if random.random() < 0.5 else "context"
            canvas = source.view(CLASSES[number], kind, random)
            views.append(seen(ended(canvas, random) if kind == "context" else canvas, SIDE, random))
            wanted.append(number)
        yield torch.from_numpy(np.stack(views)), torch.tensor(wanted)
