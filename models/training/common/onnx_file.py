"""A trained net -> one ONNX file that tract runs fast: batch normalisation folded, operators checked, answers compared with torch."""
import copy
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from common.f16 import store_as_f16

ALLOWED = {"Conv", "Relu", "Add", "Resize", "Constant", "GlobalAveragePool"}


def session(model: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def fold(net: nn.Module) -> nn.Module:
    """A copy in which every Conv2d followed by BatchNorm2d is one Conv2d with bias, computed in f64."""
    net = copy.deepcopy(net).eval()
    for parent in list(net.modules()):
        if not isinstance(parent, nn.Sequential):
            continue
        for i, layer in enumerate(parent):
            if isinstance(layer, nn.BatchNorm2d):
                parent[i - 1] = _folded(parent[i - 1], layer)
                parent[i] = nn.Identity()
    return net


def _folded(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    factor = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    out = nn.Conv2d(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, conv.padding, groups=conv.groups)
    out.weight.data = (conv.weight.double() * factor[:, None, None, None]).float()
    out.bias.data = (norm.bias.double() - norm.running_mean.double() * factor).float()
    return out


def widened(head: nn.Conv2d, outputs: int = 64) -> nn.Conv2d:
    """Zero rows at the end: tract sums a narrower head of one pixel in another order on AVX-512 than on FMA."""
    wide = nn.Conv2d(head.in_channels, outputs, head.kernel_size)
    wide.weight.data = torch.cat([head.weight, head.weight.new_zeros(outputs - head.out_channels, *head.weight.shape[1:])])
    wide.bias.data = torch.cat([head.bias, head.bias.new_zeros(outputs - head.out_channels)])
    return wide


def write(net: nn.Module, example: torch.Tensor, out: Path, outputs: list[str], any_size: bool, half: bool = False) -> None:
    """One file, checked; with `any_size`, height and width of the pictures are free; with `half`, weights are stored as f16."""
    axes = {name: {2: f"{name}_height", 3: f"{name}_width"} for name in ("pixels", *outputs)} if any_size else {}
    names = {"input_names": ["pixels"], "output_names": outputs, "dynamic_axes": axes}
    torch.onnx.export(net, (example,), str(out), opset_version=17, dynamo=False, **names)
    model = onnx.load(out)
    operators = {node.op_type for node in model.graph.node}
    if not operators <= ALLOWED:
        raise ValueError(f"{out}: operators that are slow on tract: {sorted(operators - ALLOWED)}")
    if half:
        store_as_f16(model)
        onnx.save(model, out)
    onnx.checker.check_model(model)


def largest_difference(net: nn.Module, out: Path, shapes: Sequence[tuple[int, int]]) -> float:
    """Over random pictures; channels that only the file has do not count."""
    runtime, worst = session(out), 0.0
    for height, width in shapes:
        pixels = torch.rand(1, 3, height, width) * 2 - 1
        with torch.no_grad():
            wanted = net(pixels)
        got = runtime.run(None, {"pixels": pixels.numpy()})
        wanted = wanted if isinstance(wanted, tuple) else (wanted,)
        worst = max(worst, *(float(np.abs(w.numpy() - g[:, : w.shape[1]]).max()) for w, g in zip(wanted, got, strict=True)))
    return worst
