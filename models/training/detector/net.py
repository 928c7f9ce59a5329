"""The two nets: `Detector` (boxes and coarse points) and `Refiner` (exact points, and whether it is a face, on a roughly aligned crop).

Only operators that tract runs fast: a patch stem, dense 3x3, 1x1, depthwise 3x3 at stride 1 on wide maps, ReLU, Add,
nearest resize by two. Sigmoid, decoding and suppression are done by the caller.
"""
import torch
import torch.nn.functional as F
from torch import Tensor, nn

STRIDES = (8, 16, 32)
CHANNELS = 16  # cls, obj, box 4, points 10
RARE_FACE_LOGIT = -4.6  # a fresh net gives every cell about 1 % face


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, groups: int = 1, padding: int | None = None) -> nn.Sequential:
    """Convolution, batch normalisation (folded at export), ReLU."""
    padding = kernel // 2 if padding is None else padding
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    )


def depthwise(inputs: int, outputs: int) -> nn.Sequential:
    """Depthwise 3x3 without ReLU, then 1x1 with it."""
    spatial = nn.Sequential(nn.Conv2d(inputs, inputs, 3, 1, 1, groups=inputs, bias=False), nn.BatchNorm2d(inputs))
    return nn.Sequential(spatial, conv(inputs, outputs, 1))


class Detector(nn.Module):
    """Input N x 3 x H x W, RGB, (x - 127.5) / 128, H and W multiples of 32; output N x 16 x H/s x W/s for s in 8, 16, 32."""

    def __init__(self, stem: int = 24, fine: int = 40, coarse: int = 64, neck: int = 32) -> None:
        super().__init__()
        self.stem = conv(3, stem, kernel=4, stride=4, padding=0)
        self.body8 = nn.Sequential(conv(stem, fine, stride=2), depthwise(fine, fine))
        self.body16 = nn.Sequential(conv(fine, coarse, stride=2), conv(coarse, coarse))
        self.body32 = nn.Sequential(conv(coarse, coarse, stride=2), conv(coarse, coarse))
        self.lateral8, self.lateral16, self.lateral32 = nn.Conv2d(fine, neck, 1), nn.Conv2d(coarse, neck, 1), nn.Conv2d(coarse, neck, 1)
        self.head8 = nn.Sequential(depthwise(neck, neck), nn.Conv2d(neck, CHANNELS, 1))
        self.head16 = nn.Sequential(conv(neck, 32), nn.Conv2d(32, CHANNELS, 1))
        self.head32 = nn.Sequential(conv(neck, 32), nn.Conv2d(32, CHANNELS, 1))
        for head in (self.head8, self.head16, self.head32):
            nn.init.zeros_(head[-1].bias)
            nn.init.normal_(head[-1].weight, std=0.01)
            head[-1].bias.data[1] = RARE_FACE_LOGIT

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        at8 = self.body8(self.stem(x))
        at16 = self.body16(at8)
        at32 = self.body32(at16)
        top = F.relu(self.lateral32(at32))
        middle = F.relu(self.lateral16(at16) + F.interpolate(top, scale_factor=2.0, mode="nearest"))
        bottom = F.relu(self.lateral8(at8) + F.interpolate(middle, scale_factor=2.0, mode="nearest"))
        return self.head8(bottom), self.head16(middle), self.head32(top)


class Refiner(nn.Module):
    """Input N x 3 x 64 x 64, RGB, (x - 127.5) / 128; output N x 11 x 1 x 1: ten offsets from the template in crop pixels / 8, the
    logit of a face."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            conv(3, 24, stride=2), conv(24, 48, stride=2), conv(48, 48), conv(48, 64, stride=2), conv(64, 64), conv(64, 96, stride=2)
        )
        self.head = nn.Conv2d(96, 11, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.body(x))


def normalise(pixels: Tensor) -> Tensor:
    """N x H x W x 3 bytes, RGB -> N x 3 x H x W as both nets take it."""
    return (pixels.permute(0, 3, 1, 2).float() - 127.5).div_(128.0).contiguous(memory_format=torch.channels_last)
