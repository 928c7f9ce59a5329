"""The embedders: dense convolutions, batch normalisation in training (folded at export).

Input 1x3x112x112, RGB, (v - 127.5) / 127.5, ArcFace alignment. Output 1x256, not normalised.
Only layers that tract runs as fast as onnxruntime: 3x3 and 1x1 convolutions, one 4x4 patch convolution as the stem, ReLU, Add and
one global 7x7 depthwise convolution (GDC, MobileFaceNet) instead of pooling.
"""
import torch
from torch import nn

DIMENSION = 256
HEAD_WIDTH = 512
SIZES = ("compact", "standard-p4")


class ConvNorm(nn.Sequential):
    """Convolution without bias, batch normalisation and, unless told otherwise, ReLU."""

    def __init__(self, inputs, outputs, kernel=3, stride=1, padding=1, relu=True):
        layers = [nn.Conv2d(inputs, outputs, kernel, stride, padding, bias=False), nn.BatchNorm2d(outputs)]
        super().__init__(*layers, *([nn.ReLU(inplace=True)] if relu else []))


class Residual(nn.Module):
    """Two 3x3 convolutions beside an identity; starts as the identity (last scale zero)."""

    def __init__(self, width):
        super().__init__()
        self.a = ConvNorm(width, width)
        self.b = ConvNorm(width, width, relu=False)
        nn.init.zeros_(self.b[1].weight)

    def forward(self, x):
        return torch.relu(x + self.b(self.a(x)))


class GlobalDepthwise(nn.Conv2d):
    """One 7x7 kernel per channel over the whole 7x7 map.

    In training as a product and a sum with the channels last: 10 ms for a batch of 128, the convolution 51 (one core, bf16).
    """

    def __init__(self, width):
        super().__init__(width, width, 7, groups=width, bias=False)

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        kernel = self.weight[:, 0].permute(1, 2, 0).contiguous()
        return (x.permute(0, 2, 3, 1) * kernel).flatten(1, 2).sum(1)[:, :, None, None]


def body(size):
    """The layers from 112x112 pixels to the 7x7 map, and the map's width."""
    stem = ConvNorm(3, 32, kernel=4, stride=4, padding=0)
    if size == "compact":  # 55.3 M multiply-accumulates
        layers = [stem, ConvNorm(32, 96, stride=2), Residual(96), ConvNorm(96, 128, stride=2), ConvNorm(128, 128)]
        return layers, 128
    if size == "standard-p4":  # 160 M
        layers = [stem, ConvNorm(32, 128, stride=2), Residual(128), Residual(128), ConvNorm(128, 160, stride=2), Residual(160)]
        return layers, 160
    raise ValueError(f"unknown size {size!r}: one of {', '.join(SIZES)}")


def build(size):
    """A fresh net of the given size."""
    layers, width = body(size)
    net = nn.Sequential(
        *layers,
        ConvNorm(width, HEAD_WIDTH, kernel=1, padding=0),
        GlobalDepthwise(HEAD_WIDTH),
        nn.BatchNorm2d(HEAD_WIDTH),
        nn.Flatten(),
        nn.Linear(HEAD_WIDTH, DIMENSION, bias=False),
        nn.BatchNorm1d(DIMENSION),
    )
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d) and layer.groups == 1:
            nn.init.kaiming_normal_(layer.weight, mode="fan_out", nonlinearity="relu")
    return net


def pixels(views):
    """uint8 views (N, 112, 112, 3) as the net's input, channels last in memory."""
    x = views.permute(0, 3, 1, 2).float()
    return x.sub_(127.5).div_(127.5).contiguous(memory_format=torch.channels_last)
