"""Checkpoint of train.py -> ONNX: normalisation folded, weights stored as f16 and cast at load, parity checked.

    python -m embedder.export RUN/last.pt embedder.onnx [--f32] [--slim RUN.pt]
"""
import argparse
import copy

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

from common.f16 import STORED_AS_IS, store_as_f16
from embedder.net import SIZES, Residual, build

LARGEST_DIFFERENCE = {"f32": 1e-4, "f16": 5e-3}  # of the output's norm
LOWEST_COSINE = {"f32": 0.999999, "f16": 0.99999}


def folded(net):
    """The same function without normalisation layers: each is folded, in f64, into the convolution or product before it."""
    layers = []
    for layer in net:
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            fold_into(layers[-1], layer)
        elif isinstance(layer, Residual):
            layer.a, layer.b = folded(layer.a), folded(layer.b)
            layers.append(layer)
        else:
            layers.append(folded(layer) if isinstance(layer, nn.Sequential) else layer)
    return nn.Sequential(*layers)


def fold_into(product, norm):
    scale = norm.weight.double() / (norm.running_var.double() + norm.eps).sqrt()
    weight = product.weight.double() * scale.view(-1, *[1] * (product.weight.dim() - 1))
    product.weight.data = weight.float()
    product.bias = nn.Parameter((norm.bias.double() - norm.running_mean.double() * scale).float())


def check_parity(net, path, stored):
    """64 inputs through torch and onnxruntime; raises if the file says something else than the net."""
    x = torch.randn(64, 3, 112, 112, generator=torch.Generator().manual_seed(0)).clamp(-1, 1)
    with torch.no_grad():
        wanted = net(x).numpy()
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    found = np.concatenate([session.run(None, {"x": one[None].numpy()})[0] for one in x])
    norms = np.linalg.norm(wanted, axis=1)
    difference = float((np.abs(found - wanted).max(1) / norms).max())
    cosine = float(((found * wanted).sum(1) / np.linalg.norm(found, axis=1) / norms).min())
    print(f"{path}: largest difference / norm {difference:.1e}, lowest cosine {cosine:.7f}, {stored}")
    if difference > LARGEST_DIFFERENCE[stored] or cosine < LOWEST_COSINE[stored]:
        raise SystemExit(f"{path}: the exported net differs from the trained one")


def export(net, path, stored="f16"):
    net = net.eval()
    torch.onnx.export(
        folded(copy.deepcopy(net)).eval(), (torch.zeros(1, 3, 112, 112),), path,
        opset_version=17, dynamo=False, input_names=["x"], output_names=["y"],
    )
    model = onnx.load(path)
    if stored == "f16":
        store_as_f16(model)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)
    check_parity(net, path, stored)


def slim(saved):
    """What a later run starts from: averaged weights as f16 and the target basis; no optimiser state."""
    half = {name: v.half() if v.dtype.is_floating_point and v.numel() > STORED_AS_IS else v for name, v in saved["ema"].items()}
    teachers = {"teachers": saved["settings"]["teachers"]}
    return {"size": saved["size"], "ema": half, "basis": [part.half() for part in saved["basis"]], "seen": saved["seen"], "settings": teachers}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("checkpoint")
    p.add_argument("onnx")
    p.add_argument("--f32", action="store_true")
    p.add_argument("--slim", help="also write what a later run starts from: under 6 MB")
    a = p.parse_args()
    saved = torch.load(a.checkpoint, map_location="cpu", weights_only=True)
    net = build(saved["size"])
    net.load_state_dict(saved["ema"])
    print(f"{saved['size']} ({', '.join(SIZES)}), {saved['seen']} views")
    export(net, a.onnx, "f32" if a.f32 else "f16")
    if a.slim:
        torch.save(slim(saved), a.slim)


if __name__ == "__main__":
    main()
