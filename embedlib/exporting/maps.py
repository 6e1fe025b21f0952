"""A map's columns, card and code: where its points are, what decided it, Python that makes it."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embedlib.clusters import Clusters
from embedlib.exporting.card import FORMAT, data_facts, versions
from embedlib.exporting.code import literal
from embedlib.probes import Verdicts
from embedlib.projection import PROJECTIONS, Projection
from embedlib.projection.card import facts
from embedlib.records import Corpus, Floats, Longs

MAP_FORMAT = "embedlib map 1"
_AXES = ("x", "y", "z")


def map_columns(
    projections: Sequence[Projection],
    frames: Floats,
    rows: Longs,
    *,
    layers: Sequence[int] = (),
    clusters: Clusters | None = None,
    keywords: Sequence[str] = (),
    verdicts: Verdicts | None = None,
) -> dict[str, NDArray[Any] | list[str]]:
    """What a map adds to each text, a column each.

    Args:
        projections: One, or one a layer.
        frames: (projection, text, axis) the places as shown, layers turned to lie on one another.
        rows: (text,) the row of each text in the data, from 0; the column counts from 1.
        layers: The layer of each projection, where there are several.
        clusters: The groups of the texts.
        keywords: (group,) the words that set each group apart.
        verdicts: What a probe says of the labels.
    """
    found: dict[str, NDArray[Any] | list[str]] = {"row": (rows + 1).astype(np.int64)}
    for frame, projection in enumerate(projections):
        ending = f"_layer_{layers[frame]}" if layers else ""
        for axis in range(projection.n_dims):
            found[f"{_AXES[axis]}{ending}"] = frames[frame, :, axis]
        honesty = projection.honesty
        if honesty is not None:
            share = (honesty.kept / honesty.k).astype(np.float32)
            found[f"neighbours_kept{ending}"] = honesty.over_all_points(share)
    if clusters is not None:
        codes = clusters.codes
        words = (*keywords, "")  # -1, in no group, takes the last
        found["group"] = np.ma.masked_array(codes + 1, mask=codes < 0)
        found["group_keywords"] = [words[code] for code in codes.tolist()]
    if verdicts is not None:
        found["predicted_label"] = verdicts.names
        found["predicted_probability"] = verdicts.certainty
        found["label_probability"] = verdicts.confidence
    return found


def map_card(
    projections: Sequence[Projection],
    vectors: Mapping[str, Any],
    *,
    layers: Sequence[int] = (),
    clusters: Clusters | None = None,
    verdicts: Verdicts | None = None,
) -> dict[str, Any]:
    """How a map came about, and what was found out about its texts; plain values only.

    Args:
        projections: One, or one a layer.
        vectors: The card of the vectors, from `card` or `given_card`.
        layers: The layer of each projection, where there are several.
        clusters: The groups of the texts.
        verdicts: What a probe says of the labels.
    """
    said = [facts(projection) for projection in projections]
    made = {"format": MAP_FORMAT, **said[0]}
    if len(said) > 1:
        made["layers"] = {
            str(layer): {name: one[name] for name in ("seconds", "honesty", "notes")}
            for layer, one in zip(layers, said, strict=True)
        }
    if clusters is not None:
        made["groups"] = _group_facts(clusters)
    if verdicts is not None:
        made["labels"] = _label_facts(verdicts)
    return made | {"vectors": dict(vectors)}


def _group_facts(clusters: Clusters) -> dict[str, Any]:
    """How groups were found, and how far they are to be believed."""
    return {
        "method": clusters.method,
        "settings": dict(clusters.settings),
        "seed": clusters.seed,
        "sizes": list(clusters.sizes),
        "in_no_group": round(clusters.noise, 6),
        "reduced_to_dimensions": clusters.reduced_to,
        "silhouette_cosine": _rounded(clusters.silhouette),
        "stability_adjusted_rand": _rounded(clusters.stability),
    }


def _label_facts(verdicts: Verdicts) -> dict[str, Any]:
    """How labels were judged, and how well they can be told."""
    posed = verdicts.problem
    return {
        "judged_by": "linear probe, out of fold; equal texts in one fold",
        "labels": len(posed.labels),
        "texts_judged": posed.n_rows,
        "folds": posed.n_folds,
        "seed": posed.seed,
        "accuracy": round(verdicts.accuracy, 6),
        "accuracy_interval_95": [_rounded(bound) for bound in verdicts.interval],
        "commonest_label": round(posed.largest_share, 6),
        "notes": list(posed.notes),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None or value != value else round(value, 6)


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
