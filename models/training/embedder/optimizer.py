"""Muon for the matrices, AdamW for everything else.

Muon (Jordan et al., 2024): momentum whose step is replaced by the nearest orthonormal matrix, found by a Newton-Schulz iteration.
Global depthwise kernels, scales and shifts have no such matrix and go to AdamW.
"""
import torch

MOMENTUM = 0.95
WEIGHT_DECAY = 0.01
SMALLEST_FAN_IN = 50  # one 7x7 depthwise kernel has 49


def orthonormal(matrix, dtype, iterations=5):
    """The orthonormal factor of a matrix, to about 30 %: enough for a step's direction, and so is bf16."""
    a, b, c = 3.4445, -4.7750, 2.0315  # slope at zero as steep as convergence allows
    x = (matrix / (matrix.norm() + 1e-7)).to(dtype)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    for _ in range(iterations):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class Muon:
    """`step(scale)` applies the gradients at `scale` times the base rates; `dtype` is that of the iteration."""

    def __init__(self, parameters, rate, adam_rate, dtype=torch.float32):
        parameters = list(parameters)
        self.matrices = [p for p in parameters if p.ndim >= 2 and p[0].numel() >= SMALLEST_FAN_IN]
        rest = [p for p in parameters if not (p.ndim >= 2 and p[0].numel() >= SMALLEST_FAN_IN)]
        self.momenta = [torch.zeros_like(p) for p in self.matrices]
        self.adam = torch.optim.AdamW(rest, lr=adam_rate, betas=(0.9, 0.99), weight_decay=0)
        self.rate, self.adam_rate, self.dtype = rate, adam_rate, dtype

    @torch.no_grad()
    def step(self, scale):
        rate = self.rate * scale
        for weight, momentum in zip(self.matrices, self.momenta):
            momentum.mul_(MOMENTUM).add_(weight.grad)
            nesterov = (weight.grad + MOMENTUM * momentum).reshape(weight.shape[0], -1)
            tallness = max(1, nesterov.shape[0] / nesterov.shape[1]) ** 0.5
            weight.mul_(1 - rate * WEIGHT_DECAY)
            weight.add_(orthonormal(nesterov, self.dtype).view_as(weight), alpha=-rate * tallness)
        for group in self.adam.param_groups:
            group["lr"] = self.adam_rate * scale
        self.adam.step()

    def state_dict(self):
        return {"momenta": self.momenta, "adam": self.adam.state_dict()}

    def load_state_dict(self, state):
        for momentum, saved in zip(self.momenta, state["momenta"]):
            momentum.copy_(saved)
        self.adam.load_state_dict(state["adam"])
