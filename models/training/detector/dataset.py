"""Photos, chips and negatives -> an endless stream of batches for the detector."""
import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.utils.data import IterableDataset, get_worker_info

from detector.labels import Photo, PixelStore, negative_photos, training_photos
from detector.targets import build, mirror
from detector.runtime import YuNet
from detector.views import compose, degrade

SIZES = (256, 320, 320, 320, 448)  # px; a batch has one size, larger ones fewer views
PIXELS_PER_BATCH = 24 * 320 * 320
FRESH = 4  # one view in so many is new; the others are seen again, degraded anew, half of them mirrored
POOL = 16  # batches' worth of views kept to be seen again
CHIP_SHARE, NEGATIVE_SHARE = 0.10, 0.20


class Batches(IterableDataset):
    """Each item is one batch: `pixels` N x S x S x 3 and the arrays of `targets.build`, stacked."""

    def __init__(self, data: Path, work: Path, yunet: Path, chips: np.ndarray, seed: int) -> None:
        self.yunet, self.seed, self.chips = yunet, seed, chips
        labelled = training_photos(data / "detect/train", work / "photos")
        self.labelled = len(labelled)
        self.photos = labelled + negative_photos(data / "detect/negatives")
        self.store = PixelStore.build(work / "photos.u8", [photo.path for photo in self.photos])

    def pick(self, random: np.random.Generator) -> tuple[Photo, np.ndarray]:
        kind = random.random()
        if kind < CHIP_SHARE:
            return Photo(Path(), "chip"), self.chips[random.integers(len(self.chips))]
        low, high = (self.labelled, len(self.photos)) if kind < CHIP_SHARE + NEGATIVE_SHARE else (0, self.labelled)
        i = int(random.integers(low, high))
        return self.photos[i], self.store[i]

    def scene(self, random: np.random.Generator) -> np.ndarray:
        return self.store[int(random.integers(self.labelled, len(self.photos)))]

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        cv2.setNumThreads(1)
        worker = get_worker_info()
        if worker:
            os.setsid()  # the kernel shares a busy machine out by session
        random = np.random.default_rng([self.seed, worker.id if worker else 0])
        teacher = YuNet(self.yunet)
        pools: dict[int, list[dict[str, np.ndarray]]] = {size: [] for size in SIZES}
        while True:
            size = int(random.choice(SIZES))
            count = PIXELS_PER_BATCH // size**2
            fresh = count // FRESH if len(pools[size]) >= count else count
            made = [self._item(size, teacher, random) for _ in range(fresh)]
            again = [pools[size][i] for i in random.choice(len(pools[size]), count - fresh, replace=False)] if fresh < count else []
            items = made + [mirror(item) if random.random() < 0.5 else item for item in again]
            pools[size] = (pools[size] + made)[-POOL * count :]
            pixels = np.stack([degrade(item["pixels"], random) for item in items])
            rest = {name: np.stack([item[name] for item in items]) for name in items[0] if name != "pixels"}
            yield {"pixels": torch.from_numpy(pixels)} | {name: torch.from_numpy(values) for name, values in rest.items()}

    def _item(self, size: int, teacher: YuNet, random: np.random.Generator) -> dict[str, np.ndarray]:
        view = compose(lambda: self.pick(random), lambda: self.scene(random), size, random)
        return {"pixels": view.pixels, **build(view, teacher.cells(view.pixels))}
