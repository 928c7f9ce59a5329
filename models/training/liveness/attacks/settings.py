"""Ranges from which an attack's settings are drawn; the middle fifth of every range is kept for tests."""
from dataclasses import dataclass

import numpy as np

Random = np.random.Generator


@dataclass(frozen=True)
class Draw:
    """Draws from ranges: their outer four fifths in training, the middle fifth in tests."""

    random: Random
    unseen: bool = False

    def __call__(self, low: float, high: float) -> float:
        share = self.random.random()
        if self.unseen:
            share = 0.4 + 0.2 * share
        else:
            share = 0.8 * share
            share += 0.2 * (share > 0.4)
        return low + (high - low) * share

    def chance(self, probability: float) -> bool:
        return bool(self.random.random() < probability)
