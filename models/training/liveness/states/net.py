"""Open or closed: one small net for an eye, the same for a mouth. 2.7 M multiply-accumulates."""
from torch import Tensor, nn

from detector.net import conv

SIDE = 48  # px of the net's input


class OpenState(nn.Module):
    """Input N x 3 x 48 x 48, RGB, (x - 127.5) / 128; output N x 1 x 1 x 1, the logit of "open"."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(3, 16, stride=2), conv(16, 32, stride=2), conv(32, 32), conv(32, 48, stride=2), nn.Dropout(0.3))
        self.open = nn.Conv2d(48, 1, SIDE // 8)
        nn.init.normal_(self.open.weight, std=0.01)
        nn.init.zeros_(self.open.bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.open(self.body(x))
