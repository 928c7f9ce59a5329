"""Five points -> the similarity that brings a face into a net's template (Umeyama, 1991), and the cut itself."""
import cv2
import numpy as np

# eye on the image's left, other eye, nose, corner of the mouth on the left, other corner
ARCFACE_112 = np.array([(38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041)])
CHIP_128 = ARCFACE_112 + 8
OMZ_128 = 128 * np.array(
    [(0.31556875, 0.46157407), (0.68262292, 0.46157407), (0.50026250, 0.64050535), (0.34947188, 0.82469196), (0.65343646, 0.82469196)]
)


def similarity(points, template):
    """The 2x3 matrix (turn, one scale, shift) that maps points onto the template with least squared error."""
    a, b = points - points.mean(0), template - template.mean(0)
    power = (a**2).sum()
    cos = (a * b).sum() / power
    sin = (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / power
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.hstack([turn, (template.mean(0) - turn @ points.mean(0))[:, None]])


def moved(points, matrix):
    return points @ matrix[:, :2].T + matrix[:, 2]


def cut(photo, matrix, width, height):
    """The part of a photo that `matrix` maps to width x height; when it shrinks by more than 2, areas are averaged first."""
    scale = np.sqrt(np.linalg.det(matrix[:, :2]))
    if scale < 0.5:
        share = 1.25 * scale  # the warp keeps a factor of 0.8 for itself
        size = [max(2, round(side * share)) for side in photo.shape[1::-1]]
        x, y = size[0] / photo.shape[1], size[1] / photo.shape[0]
        photo = cv2.resize(photo, size, interpolation=cv2.INTER_AREA)
        back = np.array([[1 / x, 0, 0.5 / x - 0.5], [0, 1 / y, 0.5 / y - 0.5], [0, 0, 1]])
        matrix = matrix @ back
    return cv2.warpAffine(photo, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
