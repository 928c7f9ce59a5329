"""Photos -> aligned chips by YuNet's points, whole or as the portrait that an ID card's chip holds."""
import cv2
import numpy as np

from embedder.align import ARCFACE_112, cut, moved, similarity
from embedder.teachers import channels_first, session
from embedder.views import SIDE

STRIDES = (8, 16, 32)
SCORE, OVERLAP = 0.6, 0.4
ID_WIDTH, ID_HEIGHT, ID_EYES_PX, ID_JPEG = 102, 126, 27, 30
ID_EYE_LINE = 0.42  # of the portrait's height


class Yunet:
    """Faces of a photo (RGB): boxes x y w h, scores, five points each."""

    def __init__(self, path):
        self.net = session(path)
        self.names = [output.name for output in self.net.get_outputs()]

    def faces(self, photo):
        height, width = photo.shape[:2]
        padded = cv2.copyMakeBorder(photo, 0, -height % 32, 0, -width % 32, cv2.BORDER_REPLICATE)
        out = dict(zip(self.names, self.net.run(None, {"input": channels_first(padded[:, :, ::-1])})))
        boxes, scores, points = (np.concatenate(part) for part in zip(*(decode(out, s, padded.shape[1] // s) for s in STRIDES)))
        kept = np.array(cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), SCORE, OVERLAP)).reshape(-1).astype(int)
        return boxes[kept], scores[kept], points[kept]

    def central_face(self, photo):
        """Five points of the face nearest to the centre, or None."""
        boxes, _, points = self.faces(photo)
        if not len(boxes):
            return None
        middle = np.array(photo.shape[1::-1]) / 2
        return points[np.argmin(np.linalg.norm(boxes[:, :2] + boxes[:, 2:] / 2 - middle, axis=1))]


def decode(out, stride, columns):
    score = np.sqrt(np.clip(out[f"cls_{stride}"][0, :, 0] * out[f"obj_{stride}"][0, :, 0], 0, 1))
    cell = np.flatnonzero(score >= SCORE)
    corner = np.stack([cell % columns, cell // columns], 1)
    box = out[f"bbox_{stride}"][0, cell]
    center, size = (corner + box[:, :2]) * stride, np.exp(box[:, 2:]) * stride
    points = (corner[:, None] + out[f"kps_{stride}"][0, cell].reshape(-1, 5, 2)) * stride
    return np.hstack([center - size / 2, size]), score[cell], points


def chip(photo, points):
    return cut(photo, similarity(points, ARCFACE_112), SIDE, SIDE)


def id_chip(photo, points):
    """The face as an ID card's chip holds it, with the eyes 27 px apart and JPEG 30, and aligned from there."""
    between = np.linalg.norm(points[1] - points[0])
    scale = ID_EYES_PX / between
    middle = points[:2].mean(0)
    shift = np.array([ID_WIDTH / 2, ID_EYE_LINE * ID_HEIGHT]) - scale * middle
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    portrait = cut(photo, matrix, ID_WIDTH, ID_HEIGHT)
    coded = cv2.imencode(".jpg", portrait[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, ID_JPEG])[1]
    portrait = cv2.imdecode(coded, cv2.IMREAD_COLOR)[:, :, ::-1]
    return chip(np.ascontiguousarray(portrait), moved(points, matrix))


def aligned(paths, detector):
    """Per photo: whether a face was found, its chip, and its chip by way of an ID card."""
    found = np.zeros(len(paths), bool)
    whole, portrait = (np.zeros((len(paths), SIDE, SIDE, 3), np.uint8) for _ in range(2))
    for number, path in enumerate(paths):
        photo = np.ascontiguousarray(cv2.imread(str(path), cv2.IMREAD_COLOR)[:, :, ::-1])
        points = detector.central_face(photo)
        if points is not None:
            found[number] = True
            whole[number], portrait[number] = chip(photo, points), id_chip(photo, points)
    return found, whole, portrait
