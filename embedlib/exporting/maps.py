"""A map's card and code: everything that decided where its points are, and Python that makes it."""

from collections.abc import Mapping, Sequence
from typing import Any

from embedlib.exporting.card import FORMAT, data_facts, versions
from embedlib.exporting.code import literal
from embedlib.projection import PROJECTIONS, Projection
from embedlib.projection.card import facts
from embedlib.records import Corpus, Floats

MAP_FORMAT = "embedlib map 1"


def map_card(
    projections: Sequence[Projection],
    vectors: Mapping[str, Any],
    *,
    layers: Sequence[int] = (),
) -> dict[str, Any]:
    """How a map came about; plain values only.

    Args:
        projections: One, or one a layer.
        vectors: The card of the vectors, from `card` or `given_card`.
        layers: The layer of each projection, where there are several.
    """
    said = [facts(projection) for projection in projections]
    if len(said) == 1:
        return {"format": MAP_FORMAT, **said[0], "vectors": dict(vectors)}
    by_layer = {
        str(layer): {name: one[name] for name in ("seconds", "honesty", "notes")}
        for layer, one in zip(layers, said, strict=True)
    }
    return {"format": MAP_FORMAT, **said[0], "layers": by_layer, "vectors": dict(vectors)}


def given_card(corpus: Corpus, name: str, vectors: Floats) -> dict[str, Any]:
    """The card of ready-made vectors: all that is known of them."""
    return {
        "format": FORMAT,
        "model": None,
        "ready_made_vectors": name,
        "dimensions": int(vectors.shape[1]),
        **data_facts(corpus),
        "versions": versions(),
    }


def map_code(projection: Projection, embeddings: str, *, labels: str | None = None) -> str:
    """Python that makes `embeddings` and then the points of `projection`.

    Args:
        projection: The map.
        embeddings: Python that ends with a variable `embeddings`, from `code` or `given_code`.
        labels: An expression for the labels, where they guided the map.
    """
    defaults = PROJECTIONS[projection.method].options
    changed = {n: v for n, v in projection.options.items() if v != defaults[n].default}
    arguments = ["embeddings", literal(projection.method)]
    if projection.n_dims != 2:
        arguments.append(f"n_dims={projection.n_dims}")
    arguments.append(f"seed={projection.seed}")
    if changed:
        arguments.append(f"options={changed!r}")
    if projection.labelled and labels is not None:
        arguments.append(f"labels={labels}")
    if projection.metric != "cosine":
        arguments.append(f"metric={literal(projection.metric)}")
    lines = embeddings.rstrip("\n").split("\n")
    if lines[-1].startswith("print("):
        lines.pop()
    imports = [n for n, line in enumerate(lines) if line.startswith(("from ", "import "))]
    lines.insert(imports[-1] + 1, "from embedlib.projection import project")
    lines += [
        f"projection = project({', '.join(arguments)})",
        "print(projection.points.shape, projection.honesty)",
    ]
    return "\n".join(lines) + "\n"


def given_code(corpus: Corpus, name: str) -> str:
    """Python that reads ready-made vectors from the file that they came in."""
    return (
        "from embedlib.reading import corpus_from_sheet, read_file\n\n"
        f"sheet = read_file({literal(corpus.name)})  # with its vectors, if they were apart\n"
        f"corpus = corpus_from_sheet(sheet, {literal(corpus.text_column)})\n"
        f"embeddings = corpus.vectors[{literal(name)}]  # (text, dim) float32\n"
        "print(embeddings.shape)\n"
    )
