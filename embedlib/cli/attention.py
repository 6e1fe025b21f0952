"""`embedlib attention`: a text becomes a folder of attention maps; an option is one parameter."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
import typer

from embedlib.cli.folder import Kind, building, check_target
from embedlib.cli.options import Device, Dtype, Model, ModelsDir
from embedlib.cli.progress import ProgressLine
from embedlib.errors import Cancelled
from embedlib.pace import amount
from embedlib.texts import checked_texts

if TYPE_CHECKING:
    from embedlib.attention import AttentionMaps

ARRAYS, FACTS, PAGE = "attention.npz", "attention.json", "attention.html"
KIND: Final = Kind(
    format="embedlib attention 1",
    manifest=FACTS,
    files=frozenset({ARRAYS, FACTS, PAGE}),
    holds="attention maps",
    made_of="text",
    indent=None,
)
_FIELDS: Final = (
    *("weights", "mixing", "hidden", "queries", "keys", "values", "scaling"),
    *("ids", "spans", "words", "special", "segment", "value_norms"),
)


def attention(  # noqa: PLR0913 - one parameter an option
    text: Annotated[str, typer.Argument(metavar="TEXT", help="The text to read.")],
    out: Annotated[Path, typer.Option(help=f"Folder to make, with {ARRAYS}, {FACTS} and {PAGE}.")],
    pair: Annotated[str | None, typer.Option(help="A second text in the same input.")] = None,
    model: Model = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens in all; the model's own by default.")
    ] = None,
    dtype: Dtype = None,
    device: Device = None,
    models_dir: ModelsDir = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a folder of another text or other settings.")
    ] = False,
) -> None:
    """Write every head's weights and contributions, and what each head attends to, for TEXT."""
    from embedlib.attention import attention as read
    from embedlib.models import load

    asked = {
        **{"text": text, "pair": pair, "model": model, "max_tokens": max_tokens},
        **{"dtype": dtype, "device": device},
    }
    checked_texts((text,) if pair is None else (text, pair))
    target = out.absolute()
    check_target(KIND, target, asked, force=force)
    try:
        with ProgressLine() as line:
            line.say("Loading the model")
            encoder = load(model, dtype=dtype, device=device, models_dir=models_dir)
            line.say("Reading the text")
            maps = read(encoder, text, pair, max_tokens=max_tokens)
            line.say("Writing")
            with building(target) as folder:
                write_folder(folder, maps, asked)
        typer.echo(_said(target, maps))
    except KeyboardInterrupt:
        raise Cancelled(f"Stopped: nothing was written to {target}.") from None


def write_folder(folder: Path, maps: "AttentionMaps", asked: dict[str, Any]) -> None:
    """Write the arrays, the page and the facts into an empty folder."""
    from embedlib.attention import mixed, rollout

    arrays = {name: getattr(maps, name) for name in _FIELDS}
    with (folder / ARRAYS).open("wb") as file:
        np.savez(file, **arrays, rollout=rollout(mixed(maps.weights)))
    (folder / PAGE).write_text(page(maps), "utf-8")
    KIND.write(folder, {"request": asked, **facts(maps)})


def page(maps: "AttentionMaps") -> str:
    """The weights of every head as one HTML file, the head that rests least opened."""
    from embedlib.attention import received, shown
    from embedlib.attention.scene import scene_of
    from embedlib.exporting.attention_page import attention_page
    from embedlib.exporting.card import model_facts, versions

    special = received(maps, maps.special)
    title = f"Special tokens receive {special.sentence}." if maps.special.any() else ""
    layer, head = np.unravel_index(special.weight.argmin(), special.weight.shape)
    card = {
        **model_facts(maps.encoder),
        "text": maps.text,
        **({} if maps.pair is None else {"pair": maps.pair}),
        "tokens": maps.n_tokens,
        "tokens_cut": maps.n_lost,
        **versions(),
    }
    return attention_page(scene_of(shown(maps), title=title), [(int(layer), int(head))], card=card)


def facts(maps: "AttentionMaps") -> dict[str, Any]:
    """What the arrays mean and what each head does, as JSON takes it."""
    import embedlib
    from embedlib.attention import ATTENTION_MEASURES, measure, measured_residual, received

    special = received(maps, maps.special)
    return {
        "embedlib": embedlib.__version__,
        "model": maps.encoder.name,
        "fingerprint": maps.encoder.fingerprint,
        "axes": {
            "weights": ["layer", "head", "query", "key"],
            "value_norms": ["layer", "head", "key"],
            "contribution": "weights * value_norms[:, :, None, :]",
            "rollout": ["layer", "query", "input token"],
        },
        "causal": maps.causal,
        "tokens": [
            {
                "piece": piece,
                "written": maps.written(number),
                "word": int(maps.words[number]),
                "special": bool(maps.special[number]),
                "segment": int(maps.segment[number]),
            }
            for number, piece in enumerate(maps.pieces)
        ],
        "tokens_lost": maps.n_lost,
        "special_tokens": {
            "weight": float(special.weight.mean()),
            "contribution": float(special.contribution.mean()),
        },
        "measured_residual": _numbers(measured_residual(maps)),
        "measures": {name: _numbers(measure(maps, name)) for name in ATTENTION_MEASURES},
    }


def _numbers(values: Any) -> Any:
    """Nested lists, None for NaN."""
    if isinstance(values, np.ndarray):
        values = values.tolist()
    if isinstance(values, list):
        return [_numbers(value) for value in values]
    return None if values != values else round(values, 6)


def _said(target: Path, maps: "AttentionMaps") -> str:
    """What was written, in a line or two."""
    n_heads = maps.n_layers * maps.n_heads
    said = f"{n_heads} heads, {amount(maps.n_tokens, 'tokens')} -> {target}"
    if maps.n_lost:
        said += f"\n{amount(maps.n_lost, 'tokens')} did not fit and were cut."
    return said
