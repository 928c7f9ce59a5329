"""The two teachers, on onnxruntime: chip (128x128x3 uint8 RGB) -> unit features, chip and mirror image summed."""
import pathlib

import cv2
import numpy as np
import onnxruntime

from embedder.align import CHIP_128, OMZ_128, similarity
from embedder.views import clean

OMZ_FROM_CHIP = similarity(CHIP_128, OMZ_128)


def unit(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def session(path):
    """One thread that does not spin while it waits."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def channels_first(picture):
    return np.ascontiguousarray(picture.astype(np.float32).transpose(2, 0, 1)[None])


class Teacher:
    """`net` says a feature of one prepared picture; `prepare` makes that of a chip."""

    def __init__(self, path, prepare):
        self.net, self.prepare = session(path), prepare
        self.input = self.net.get_inputs()[0].name

    def features(self, chip):
        views = (self.prepare(chip), self.prepare(chip[:, ::-1]))
        return unit(sum(unit(self.net.run(None, {self.input: channels_first(view)})[0].reshape(-1)) for view in views))


def omz(weights):
    """face-reidentification-retail-0095: BGR 0..255, 128x128, its own template."""

    def prepare(chip):
        bgr = np.ascontiguousarray(chip[:, :, ::-1])
        return cv2.warpAffine(bgr, OMZ_FROM_CHIP, (128, 128), flags=cv2.INTER_LINEAR)

    return Teacher(pathlib.Path(weights) / "omz-face-reidentification-retail-0095/omz_face_reid_0095.onnx", prepare)


def edgeface(weights):
    """EdgeFace-xs: RGB (v - 127.5) / 127.5, ArcFace 112."""
    return Teacher(pathlib.Path(weights) / "edgeface-xs/edgeface_xs.onnx", lambda chip: (clean(chip).astype(np.float32) - 127.5) / 127.5)
