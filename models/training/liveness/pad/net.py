"""Passive liveness: 3 x 128 x 128 -> live, print, replay. 63 M multiply-accumulates."""
import torch
from torch import Tensor, nn

from detector.net import conv

SIDE = 128  # px of the net's input
CLASSES = ("live", "print", "replay")


class Residual(nn.Module):
    """Two 3x3 convolutions beside an identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        last = nn.Sequential(nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))
        self.branch = nn.Sequential(conv(width, width), last)

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x + self.branch(x))


class Pad(nn.Module):
    """Input N x 3 x 128 x 128, RGB, (x - 127.5) / 128; output N x 3 x 1 x 1, logits. A mean over the map: no place can be learnt."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(3, 16, stride=2), conv(16, 32, stride=2), Residual(32), conv(32, 64, stride=2), Residual(64),
            conv(64, 128, stride=2), conv(128, 128), nn.AdaptiveAvgPool2d(1), nn.Dropout(0.2),
        )  # fmt: skip
        self.classes = nn.Conv2d(128, len(CLASSES), 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.classes(self.body(x))


def live_log_odds(logits: Tensor) -> Tensor:
    """N x 3 -> N: log of the odds of live against both attacks."""
    return logits[:, 0] - torch.logsumexp(logits[:, 1:], 1)
