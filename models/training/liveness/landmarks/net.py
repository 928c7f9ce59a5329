"""The landmark net: 3 x 112 x 112 -> 68 points in units of the crop's side. 30 M multiply-accumulates."""
import numpy as np
import torch
from torch import Tensor, nn

from detector.net import conv
from liveness.landmarks.ibug import COUNT

UNIT = 0.1  # of the crop's side: what an output of 1 moves a point by


class Landmarks(nn.Module):
    """Input N x 3 x 112 x 112, RGB, (x - 127.5) / 128; output N x 136 x 1 x 1: x, y of each point less the mean shape, in `UNIT`s."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(3, 16, stride=2), conv(16, 32, stride=2), conv(32, 32), conv(32, 64, stride=2), conv(64, 64), conv(64, 96, stride=2), conv(96, 96)
        )
        self.points = nn.Conv2d(96, 2 * COUNT, 7)
        nn.init.normal_(self.points.weight, std=0.003)
        nn.init.zeros_(self.points.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.points(self.body(x))


def in_crop_units(head: nn.Conv2d, mean_shape: np.ndarray) -> nn.Conv2d:
    """The head that answers with the points themselves."""
    out = nn.Conv2d(head.in_channels, head.out_channels, head.kernel_size)
    out.weight.data = head.weight * UNIT
    out.bias.data = head.bias * UNIT + torch.from_numpy(mean_shape.reshape(-1).astype(np.float32))
    return out
