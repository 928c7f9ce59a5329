"""What stands around an attack: the paper's edge or the screen's bezel, and the room behind."""
import cv2
import numpy as np

from liveness.attacks.display import displayed
from liveness.attacks.printing import paper_colour, printed
from liveness.attacks.settings import Draw

SPECIES = ("print", "replay")


def attack(species: str, photo: np.ndarray, face: float, room: np.ndarray, draw: Draw) -> np.ndarray:
    """`photo` (square, uint8, the face at its centre, `face` its share of the side) shown by `species` to a camera in `room`, same size."""
    shown, before = photo.astype(np.float32) / 255, room.astype(np.float32) / 255
    if species == "print":
        medium, edge = printed(shown, draw), paper_colour(draw)
    else:
        medium, edge = displayed(shown, before, draw), np.float32([draw(0.0, 0.25)] * 3 if draw.chance(0.8) else [draw(0.6, 0.95)] * 3)
    if face < 0.75 and draw.chance(0.75):
        medium = _framed(medium, face, edge, before, draw)
    return (medium * 255).astype(np.uint8)


def _framed(medium: np.ndarray, face: float, edge: np.ndarray, room: np.ndarray, draw: Draw) -> np.ndarray:
    """Beyond a tilted rectangle that always holds the face lies a rim, and beyond it the room."""
    side = len(medium)
    near, far = face / 2 * 1.1, 0.62
    reach = np.array([draw(near, far) for _ in range(4)])  # left, top, right, bottom of the centre
    rim = draw(0.005, 0.09)
    inner, outer = (_rectangle(reach + extra, side, draw) for extra in (0.0, rim))
    tilt = np.deg2rad(draw(-12, 12))
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    masks = [cv2.fillConvexPoly(np.zeros((side, side), np.float32), ((c - side / 2) @ turn.T + side / 2).astype(np.int32), 1.0) for c in (inner, outer)]
    soft = draw(0.4, 1.2)
    inside, within = (cv2.GaussianBlur(mask, (0, 0), soft)[..., None] for mask in masks)
    return medium * inside + edge * (within - inside).clip(0) + room * (1 - np.maximum(within, inside))


def _rectangle(reach: np.ndarray, side: int, draw: Draw) -> np.ndarray:
    left, top, right, bottom = (0.5 + np.array([-1, -1, 1, 1]) * reach) * side
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
