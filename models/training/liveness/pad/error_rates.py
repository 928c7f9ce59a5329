"""Error rates of ISO/IEC 30107-3 from scores: how two crops make one score, thresholds from other folds, APCER by species."""
from dataclasses import dataclass

import numpy as np

Z95 = 1.96
STEPS = 50


@dataclass
class Scored:
    """One row per presentation; log-odds of live, NaN where a crop could not be cut."""

    fold: np.ndarray
    species: np.ndarray  # live, print, replay
    source: np.ndarray
    face_px: np.ndarray
    tight: np.ndarray
    context: np.ndarray

    def of(self, rows: np.ndarray) -> "Scored":
        return Scored(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    @property
    def both(self) -> np.ndarray:
        return ~np.isnan(self.context)

    @property
    def live(self) -> np.ndarray:
        return self.species == "live"


def fit(scored: Scored) -> np.ndarray:
    """Logistic regression of live on (tight, context, 1), every species with the same weight; Newton's method."""
    rows = scored.of(scored.both)
    inputs = np.stack([rows.tight, rows.context, np.ones(len(rows.tight))], 1)
    weight = np.zeros(len(inputs))
    for name in np.unique(rows.species):
        chosen = rows.species == name
        weight[chosen] = (1 if name == "live" else 0.5) / chosen.sum()
    parameters = np.array([0.5, 0.5, 0.0])
    for _ in range(STEPS):
        said = 1 / (1 + np.exp(-inputs @ parameters))
        gradient = inputs.T @ (weight * (said - rows.live)) + 1e-3 * parameters * [1, 1, 0]
        curvature = (inputs * (weight * said * (1 - said))[:, None]).T @ inputs + 1e-3 * np.eye(3)
        parameters = parameters - np.linalg.solve(curvature, gradient)
    return parameters


def combined(scored: Scored, parameters: np.ndarray) -> np.ndarray:
    """The joint score, or the tight crop's alone where there is no other."""
    joint = parameters[0] * scored.tight + parameters[1] * scored.context + parameters[2]
    return np.where(scored.both, joint, scored.tight)


def threshold(live_scores: np.ndarray, bpcer: float) -> float:
    """A presentation is taken for an attack below it."""
    return float(np.quantile(live_scores, bpcer))


def judged(scored: Scored, bpcer: float) -> np.ndarray:
    """Whether each row is taken for living, by weights and thresholds from the other folds; a threshold for each set of crops."""
    accepted = np.zeros(len(scored.fold), bool)
    for fold in np.unique(scored.fold):
        inside = scored.fold == fold
        others = scored.of(~inside)
        parameters = fit(others)
        scores, own = combined(others, parameters), combined(scored, parameters)
        for both in (False, True):
            known = others.live & (others.both == both)
            rows = inside & (scored.both == both)
            if rows.any():
                accepted[rows] = own[rows] >= threshold(scores[known], bpcer)
    return accepted


def interval(errors: int, count: int) -> tuple[float, float]:
    """Wilson's, 95 %."""
    share, spread = errors / count, Z95**2 / count
    centre = (share + spread / 2) / (1 + spread)
    half = Z95 * np.sqrt(share * (1 - share) / count + spread / count / 4) / (1 + spread)
    return max(0.0, centre - half), min(1.0, centre + half)


def line(name: str, errors: int, count: int) -> str:
    low, high = interval(errors, count)
    return f"{name}: {errors} of {count} = {100 * errors / count:.1f} % [{100 * low:.1f}, {100 * high:.1f}]"
