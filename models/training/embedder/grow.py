"""Start a net from the weights of a smaller one that is already trained (after Net2Net, Chen et al., ICLR 2016).

`compact` grows into `standard-p4`: its channels keep their weights, channels that are new read everything and are not yet read,
and a residual block that is new starts as the identity. Only `compact`'s last plain convolution P has no exact place in the wider
net, whose last block adds its input: it becomes x + GAIN P(x), with the head divided by GAIN. Training mends the rest quickly.
"""
import torch

GAIN = 4.0

# layer of `standard-p4` <- layer of `compact`, for weights and normalisation alike
COMPACT_IN_STANDARD_P4 = {"0": "0", "1": "1", "2.a": "2.a", "2.b": "2.b", "4": "3", "5.a": "4", "6": "5"}
HEAD_IN_STANDARD_P4 = {"7": "6", "8": "7", "10": "9", "11": "10"}


def start_from(net, size, weights, start_size):
    """Load `weights` of a net of `start_size` into `net`, growing them where the sizes differ."""
    if size == start_size:
        net.load_state_dict(weights)
    elif (start_size, size) == ("compact", "standard-p4"):
        net.load_state_dict(grown(net.state_dict(), weights))
    else:
        raise ValueError(f"a {start_size} net cannot be grown into {size}")


def grown(wide, narrow):
    for to, source in COMPACT_IN_STANDARD_P4.items():
        widen(wide, f"{to}.0.weight", narrow[f"{source}.0.weight"])
        for name in ("weight", "bias", "running_mean", "running_var"):
            new = wide[f"{to}.1.{name}"]
            old = narrow[f"{source}.1.{name}"]
            new[: len(old)] = old
    for to, source in HEAD_IN_STANDARD_P4.items():
        for name in [key for key in wide if key.startswith(f"{to}.")]:
            wide[name].copy_(narrow[source + name[len(to) :]])
    add_plain_convolution(wide, width=128)
    return wide


def widen(wide, name, old):
    """The old block in the corner; old outputs do not read new inputs."""
    outputs, inputs = old.shape[:2]
    new = wide[name]
    new[:outputs, :inputs] = old
    new[:outputs, inputs:] = 0


def add_plain_convolution(wide, width):
    """The last block's second convolution hands P(x) on, GAIN times; the head takes it back."""
    kernel = wide["5.b.0.weight"]
    kernel[:width] = 0
    middle = torch.arange(width)
    kernel[middle, middle, 1, 1] = 1
    # what normalisation would take off again: mean and variance of P, estimated from a rectified normal distribution
    shift, scale = wide["5.a.1.bias"][:width], wide["5.a.1.weight"][:width].abs().clamp_min(1e-3)
    normal = torch.distributions.Normal(0.0, 1.0)
    ratio = shift / scale
    density, below = torch.exp(normal.log_prob(ratio)), normal.cdf(ratio)
    mean = scale * density + shift * below
    variance = ((shift**2 + scale**2) * below + shift * scale * density - mean**2).clamp_min(1e-6)
    wide["5.b.1.running_mean"][:width], wide["5.b.1.running_var"][:width] = mean, variance
    wide["5.b.1.weight"][:width], wide["5.b.1.bias"][:width] = GAIN * variance.sqrt(), GAIN * mean
    wide["6.0.weight"][:, :width] /= GAIN
