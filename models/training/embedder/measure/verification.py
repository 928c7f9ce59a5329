"""Figures of ISO/IEC 19795-1 from scores of mated and non-mated pairs."""
import numpy as np


def threshold_at(impostor, fmr):
    """The lowest threshold at which the share of impostor scores at or above it is at most `fmr`."""
    allowed = int(fmr * len(impostor))
    ranked = np.partition(impostor, len(impostor) - allowed - 1)
    return float(np.nextafter(ranked[len(impostor) - allowed - 1], np.float32(2)))


def tar(mated, threshold):
    return float((mated >= threshold).mean())


def fold_accuracy(scores, same, folds):
    """Ten-fold accuracy: each fold judged by the threshold that is best for the other nine. Mean and standard deviation."""
    accuracies = []
    for fold in np.unique(folds):
        inside = folds == fold
        threshold = best_threshold(scores[~inside], same[~inside])
        accuracies.append(((scores[inside] >= threshold) == same[inside]).mean())
    return float(np.mean(accuracies)), float(np.std(accuracies))


def best_threshold(scores, same):
    order = np.argsort(-scores)
    right = np.cumsum(np.where(same[order], 1, -1))
    return scores[order][int(np.argmax(right))]


def balanced_accuracy(scores, same):
    """The highest mean of both classes' shares over all thresholds: chosen on the same pairs, so a little optimistic."""
    order = np.argsort(-scores)
    mated = np.cumsum(same[order]) / same.sum()
    impostor = np.cumsum(~same[order]) / (~same).sum()
    return float(((mated + 1 - impostor) / 2).max())


def interval(values):
    low, high = np.quantile(values, (0.025, 0.975))
    return [float(low), float(high)]
