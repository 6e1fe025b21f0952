"""Show code: the short Python that makes the same numbers; a new kind of source is one function.

Every name and text is put in as a literal, so that no text can become code.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

from embedlib.errors import OptionError
from embedlib.layers import LAYER_MIXES, layer_number
from embedlib.records import Corpus, TokenSettings, Vectors
from embedlib.table import Table

MOST_LITERAL_TEXTS = 200
MOST_LITERAL_CHARACTERS = 20_000


def code(
    vectors: Vectors,
    corpus: Corpus,
    pooling: str,
    layer: int | str,
    *,
    normalise: bool = False,
    source: str = "lines",
    chosen: Mapping[int, Sequence[int]] | None = None,
) -> str:
    """Python whose variable `embeddings` equals `vectors.select(pooling, layer, ...)`.

    Args:
        vectors: What was extracted from the texts of `corpus`.
        corpus: The texts.
        pooling: The chosen pooling.
        layer: The chosen layer number (negative counts from the last) or mix.
        normalise: Whether each vector is divided by its L2 norm.
        source: Where the texts came from, a row of SOURCES: "sample", "file", "lines" (pasted,
            a line a text) or "sentences" (pasted, split into sentences).
        chosen: Text to its chosen tokens, for the pooling "chosen" only.

    Raises:
        OptionError: If `chosen` is missing for the pooling that needs it.
    """
    n_layers = vectors.encoder.n_layers
    if layer not in LAYER_MIXES:
        layer = layer_number(layer, n_layers)
    imports, texts = SOURCES[source](corpus)
    if pooling == "chosen":
        if not chosen:
            raise OptionError("chosen must name tokens for the pooling 'chosen', got none.")
        more, run = _extracting(vectors, layer, chosen)
    else:
        more, run = _embedding(vectors, pooling, layer)
    ending = ", normalise=True" if normalise else ""
    select = f"embeddings = vectors.select({literal(pooling)}, {literal(layer)}{ending})"
    body = [*texts, *run, f"{select}  # (text, dim) float32", "print(embeddings.shape)"]
    return "\n".join([*sorted_imports([*imports, *more]), "", *body]) + "\n"


def literal(value: object) -> str:
    r"""`value` as Python source, strings in double quotes where that needs no more escapes.

    >>> print(literal('say "hi"'), literal("it's"), literal("\u202e"))
    'say "hi"' "it's" "\u202e"
    """
    written = repr(value)
    if isinstance(value, str) and written[0] == "'" and '"' not in written:
        return f'"{written[1:-1]}"'
    return written


def _from_sample(corpus: Corpus) -> tuple[list[str], list[str]]:
    from embedlib.reading import SAMPLES

    names = {row.label: name for name, row in SAMPLES.items()}
    name = literal(names.get(corpus.name, corpus.name))
    imports = ["from embedlib.reading import sample_corpus"]
    return imports, [f"texts = sample_corpus({name}).texts"]


def _from_file(corpus: Corpus) -> tuple[list[str], list[str]]:
    imports = ["from embedlib.reading import corpus_from_sheet, read_file"]
    return imports, [
        f"sheet = read_file({literal(corpus.name)})",
        f"texts = corpus_from_sheet(sheet, {literal(corpus.text_column)}).texts",
    ]


def _pasted(split: str) -> Callable[[Corpus], tuple[list[str], list[str]]]:
    """Texts as literals while they are few; otherwise from a file with what was pasted."""

    def lines(corpus: Corpus) -> tuple[list[str], list[str]]:
        few = len(corpus) <= MOST_LITERAL_TEXTS
        if few and sum(map(len, corpus.texts)) <= MOST_LITERAL_CHARACTERS:
            return [], ["texts = [", *(f"    {literal(text)}," for text in corpus.texts), "]"]
        imports = ["from pathlib import Path", "from embedlib.reading import corpus_from_text"]
        return imports, [
            'pasted = Path("texts.txt").read_text("utf-8")  # save what you pasted under this name',
            f"texts = corpus_from_text(pasted, split={literal(split)}).texts",
        ]

    return lines


SOURCES: Table[Callable[[Corpus], tuple[list[str], list[str]]]] = Table(
    "source",
    {
        "sample": _from_sample,
        "file": _from_file,
        "lines": _pasted("lines"),
        "sentences": _pasted("sentences"),
    },
)


def _embedding(vectors: Vectors, pooling: str, layer: int | str) -> tuple[list[str], list[str]]:
    imports = ["from embedlib import embed"]
    model, before = literal(vectors.encoder.name), _models_folder(vectors)
    if vectors.encoder.dtype != "float32":
        imports.append("from embedlib import load")
        before.append(f"model = load({model}, dtype={literal(vectors.encoder.dtype)})")
        model = "model"
    options = [f"layers={literal(layer)}"]
    if pooling != "mean":
        options.append(f"poolings={literal(pooling)}")
    options += settings_written(vectors)
    return imports, [*before, *call("vectors = embed", ["texts", model, *options])]


def _extracting(
    vectors: Vectors, layer: int | str, chosen: Mapping[int, Sequence[int]]
) -> tuple[list[str], list[str]]:
    imports = ["from embedlib import load", "from embedlib.extract import extract"]
    encoder, options = vectors.encoder, []
    if encoder.dtype != "float32":
        options.append(f"dtype={literal(encoder.dtype)}")
    needed = LAYER_MIXES[layer].needs(encoder.n_layers) if isinstance(layer, str) else (layer,)
    tokens = {int(text): [int(token) for token in chosen[text]] for text in sorted(chosen)}
    arguments = ["encoder", "texts", f"layers={needed!r}", 'poolings=("chosen",)']
    if settings := settings_written(vectors):
        imports.append("from embedlib.records import TokenSettings")
        arguments.append(f"settings=TokenSettings({', '.join(settings)})")
    return imports, [
        *_models_folder(vectors),
        *call("encoder = load", [literal(encoder.name), *options]),
        f"chosen = {tokens!r}  # text: its tokens, special tokens counted",
        *call("vectors = extract", [*arguments, "chosen=chosen"]),
    ]


def _models_folder(vectors: Vectors) -> list[str]:
    if vectors.encoder.source != "folder":
        return []
    return ["# A local model: EMBEDLIB_MODELS_DIR must name the folder that holds its folder."]


def settings_written(vectors: Vectors) -> list[str]:
    """What differs from the defaults, as keyword arguments."""
    defaults = asdict(TokenSettings())
    facts = asdict(vectors.settings)
    if facts["max_tokens"] == vectors.encoder.max_tokens:  # the default, written out
        facts["max_tokens"] = None
    return [f"{name}={literal(fact)}" for name, fact in facts.items() if fact != defaults[name]]


def call(start: str, arguments: list[str]) -> list[str]:
    """A call on one line if it fits, otherwise an argument a line."""
    one = f"{start}({', '.join(arguments)})"
    if len(one) <= 88:
        return [one]
    return [f"{start}(", *(f"    {argument}," for argument in arguments), ")"]


def sorted_imports(lines: list[str]) -> list[str]:
    """The standard library first, then ours, each module once."""
    modules: dict[str, set[str]] = {}
    for line in lines:
        module, names = line.removeprefix("from ").split(" import ")
        modules.setdefault(module, set()).update(names.split(", "))
    written = [f"from {m} import {', '.join(sorted(modules[m]))}" for m in sorted(modules)]
    standard = [line for line in written if not line.startswith("from embedlib")]
    ours = [line for line in written if line.startswith("from embedlib")]
    return [*standard, "", *ours] if standard else ours
