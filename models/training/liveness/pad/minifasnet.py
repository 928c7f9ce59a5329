"""MiniFASNet, the public net that ours is measured beside. It wants 2.7 and 4 times the box; crops that are tight are padded for it."""
from pathlib import Path

import numpy as np

from common.onnx_file import session
from detector.alignment import warp
from liveness.landmarks.crops import square, to_crop

SIDE = 80
NETS = (("2.7_80x80_MiniFASNetV2.onnx", 2.7), ("4_0_0_80x80_MiniFASNetV1SE.onnx", 4.0))
LIVE = 1  # its class


class MiniFasNet:
    def __init__(self, folder: Path) -> None:
        self.nets = [(session(folder / name), enlarged) for name, enlarged in NETS]

    def live_log_odds(self, rgb: np.ndarray, box: np.ndarray) -> float:
        live = np.mean([self._live(net, rgb, box, enlarged) for net, enlarged in self.nets])
        return float(np.log(np.clip(live, 1e-6, 1 - 1e-6) / (1 - np.clip(live, 1e-6, 1 - 1e-6))))

    def _live(self, net, rgb: np.ndarray, box: np.ndarray, enlarged: float) -> float:
        centre, side = square(box, enlarged)
        frame = np.array(rgb.shape[1::-1], float)
        inside = np.where(frame > side, np.clip(centre, side / 2, np.maximum(frame - side / 2, side / 2)), frame / 2)
        pixels = warp(rgb, to_crop(inside, side, SIDE), SIDE)[:, :, ::-1]
        logits = net.run(None, {net.get_inputs()[0].name: np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], np.float32)})[0][0]
        odds = np.exp(logits - logits.max())
        return float(odds[LIVE] / odds.sum())
