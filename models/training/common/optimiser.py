"""Muon for the kernels, AdamW for the rest: fewer views to the same error than AdamW alone.

Muon (Jordan et al., 2024): momentum whose matrix is made nearly orthogonal before it is applied, by a Newton-Schulz iteration.
"""
import torch
from torch import Tensor, nn

QUINTIC = (3.4445, -4.7750, 2.0315)  # the published coefficients: singular values go to about 1 in five steps
MOMENTUM, WEIGHT_DECAY = 0.95, 0.01
MATRIX_RATE, OTHER_RATE = 0.02, 2e-3


def orthogonalised(matrix: Tensor) -> Tensor:
    a, b, c = QUINTIC
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.T if tall else matrix) / (matrix.norm() + 1e-7)
    for _ in range(5):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if tall else x


class MuonAndAdam:
    def __init__(self, net: nn.Module) -> None:
        parameters = list(net.parameters())
        self.kernels = [p for p in parameters if p.ndim == 4 and p.shape[1] > 1]
        chosen = {id(p) for p in self.kernels}
        others = [p for p in parameters if id(p) not in chosen]  # depthwise kernels, norms, biases
        self.momenta = [torch.zeros_like(p) for p in self.kernels]
        self.adam = torch.optim.AdamW(others, OTHER_RATE, weight_decay=0.0)

    def zero_grad(self) -> None:
        for parameter in self.kernels:
            parameter.grad = None
        self.adam.zero_grad()

    @torch.no_grad()
    def step(self, factor: float) -> None:
        """`factor` scales both rates."""
        for kernel, momentum in zip(self.kernels, self.momenta):
            momentum.mul_(MOMENTUM).add_(kernel.grad)
            wanted = (kernel.grad + MOMENTUM * momentum).flatten(1)
            update = orthogonalised(wanted) * max(1.0, wanted.shape[0] / wanted.shape[1]) ** 0.5
            kernel.mul_(1 - MATRIX_RATE * factor * WEIGHT_DECAY).sub_(update.view_as(kernel), alpha=MATRIX_RATE * factor)
        for group in self.adam.param_groups:
            group["lr"] = OTHER_RATE * factor
        self.adam.step()

    def state_dict(self) -> dict[str, object]:
        return {"momenta": self.momenta, "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        for momentum, saved in zip(self.momenta, state["momenta"], strict=True):
            momentum.copy_(saved)
        self.adam.load_state_dict(state["adam"])
