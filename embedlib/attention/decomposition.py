"""What each head makes of each token, on the device: f(x) = (x W_V + b_V) W_O, and its norms.

Source: Kobayashi et al. 2020, section 3; Kobayashi et al. 2021, section 3 (residual and norm).
"""

from typing import TYPE_CHECKING, Any, Final

from embedlib.attention.architectures import NormPlace
from embedlib.attention.recording import Block
from embedlib.attention.twin import Twin

if TYPE_CHECKING:
    from torch import Tensor, nn

_TOKENS_AT_ONCE: Final = 64  # bounds (token, head, dim) at once to a few dozen MB


def output_matrix(module: "nn.Module", n_heads: int) -> "Tensor":
    """W_O by head: (head, head dim, dim) float32."""
    weight: Any = module.weight
    # Conv1D of GPT-2 holds (in, out), Linear holds (out, in).
    flat = weight if type(module).__name__ == "Conv1D" else weight.T
    matrix: Tensor = flat.float().reshape(n_heads, -1, flat.shape[-1])
    return matrix


def output_bias(module: "nn.Module") -> "Tensor | None":
    """b_O: (dim,) float32, or None where there is none."""
    bias: Any = getattr(module, "bias", None)
    return None if bias is None else bias.float()


def head_values(block: Block, n_heads: int) -> "Tensor":
    """The values by head: (head, token, head dim) float32, repeated where heads share them."""
    values = block.value.float()
    return values.repeat_interleave(n_heads // values.shape[0], dim=0)


def grams(block: Block, n_heads: int) -> "Tensor":
    """Inner products of what two heads make of each token: (token, head, head) float32."""
    import torch

    matrix = output_matrix(block.output, n_heads)
    values = head_values(block, n_heads)
    chunks = []
    for start in range(0, values.shape[1], _TOKENS_AT_ONCE):
        part = values[:, start : start + _TOKENS_AT_ONCE]
        made = torch.einsum("hnv,hvd->nhd", part, matrix)
        chunks.append(made @ made.transpose(1, 2))
    return torch.cat(chunks)


def mixing(block: Block, own_weights: "Tensor", block_input: "Tensor", twin: Twin) -> "Tensor":
    """Share of other tokens in what a block's attention part hands on: (token,) float32, 0 to 1.

    With c_i the sum of what the other tokens contribute to token i, and s_i what it contributes
    itself, residual included, this is |c_i| / (|c_i| + |s_i|) after the layer norm, whose
    division by the standard deviation cancels. Biases belong to no token and are left out.

    Args:
        block: What the block did.
        own_weights: (head, token) each token's weight on itself.
        block_input: (token, dim) the residual.
        twin: The model.

    Source: Kobayashi et al. 2021, section 3 (mixing ratio); their code centres and scales the
    two sums as here.
    """
    import torch

    n_heads = own_weights.shape[0]
    matrix = output_matrix(block.output, n_heads)
    own = head_values(block, n_heads) * own_weights[..., None].float()
    from_self = torch.einsum("hnv,hvd->nd", own, matrix)
    output = block.mixed.float() @ matrix.flatten(0, 1)
    context = output - from_self
    residual = block_input.float()
    if twin.norm_place is NormPlace.ON_OUTPUT:
        bias = output_bias(block.output)
        whole = output if bias is None else output + bias
        norm = twin.norms[block.output]
        context = context * _gain(norm, twin) / _spread(whole, norm)
        from_self = from_self * _gain(norm, twin) / _spread(whole, norm)
    from_self = from_self + residual
    if twin.norm_place is NormPlace.AFTER_SUM:
        norm = twin.norms[block.output]
        context, from_self = _scaled(context, norm, twin), _scaled(from_self, norm, twin)
    mixed, kept = context.norm(dim=-1), from_self.norm(dim=-1)
    share: Tensor = mixed / (mixed + kept).clamp_min(torch.finfo(torch.float32).tiny)
    return share


def _scaled(vectors: "Tensor", norm: "nn.Module", twin: Twin) -> "Tensor":
    """What a layer norm does to a part of its input, but for the division: (token, dim)."""
    if _centres(norm):
        vectors = vectors - vectors.mean(dim=-1, keepdim=True)
    return vectors * _gain(norm, twin)


def _gain(norm: "nn.Module", twin: Twin) -> "Tensor | float":
    weight: Any = getattr(norm, "weight", None)
    if weight is None:
        return 1.0
    gain: Tensor = weight.float() + 1.0 if twin.row.unit_gain else weight.float()
    return gain


def _spread(vectors: "Tensor", norm: "nn.Module") -> "Tensor":
    """What a root-mean-square norm divides by: (token, 1)."""
    eps = float(getattr(norm, "eps", 1e-6))
    return (vectors.pow(2).mean(dim=-1, keepdim=True) + eps).sqrt()


def _centres(norm: "nn.Module") -> bool:
    return "RMS" not in type(norm).__name__
