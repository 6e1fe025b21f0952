"""Show code for the panels of the Layers page: the short Python that makes each one's numbers.

Every function gives a program whose variable `table` holds what the panel's table shows. A new
panel is a function here; names and texts are put in as literals, so that no text can become code.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from embedlib.exporting.code import SOURCES, call, literal, settings_written, sorted_imports
from embedlib.records import Corpus, Vectors


@dataclass(frozen=True, eq=False)
class Start:
    """What every program begins with.

    Args:
        vectors: What was extracted from the texts of `corpus`.
        corpus: The texts.
        source: Where they came from, a row of SOURCES.
    """

    vectors: Vectors
    corpus: Corpus
    source: str


def health_code(start: Start, pooling: str, layer: int | str, transform: str) -> str:
    """`table` is (layer,) the health of each, `kept` (text,) what the transform leaves."""
    imports, body = _embedded(start, pooling)
    imports += [
        "from embedlib import geometry",
        "from embedlib.exporting.layer_report import sampled_rows",
    ]
    changed = f"geometry.transformed(layer[rows], {literal(transform)})"
    body += [
        "rows, _ = sampled_rows(len(texts))",
        "lengths = vectors.ledger.n_kept[rows]",
        "table = [",
        f"    geometry.health({'layer[rows]' if transform == 'none' else changed}, lengths)",
        f"    for layer in vectors.arrays[{literal(pooling)}]  # (text, dim)",
        "]",
        "for layer, measures in zip(vectors.layers, table):",
        "    print(layer, measures)",
    ]
    if transform != "none":
        body += [
            f"before = vectors.select({literal(pooling)}, {literal(layer)})[rows]",
            f"after = geometry.transformed(before, {literal(transform)})",
            *_neighbours("before", "after"),
        ]
    return program(imports, body)


def relation_code(
    start: Start, pooling: str, other: Vectors | None, measure: str, pair: tuple[int, int]
) -> str:
    """`table` is (layer, layer) CKA or overlap, `kept` (text,) neighbours kept between a pair.

    Args:
        start: The texts and the first model.
        pooling: The pooling of both.
        other: The second model's vectors, None for the same model.
        measure: "cka" or "overlap".
        pair: Places of the two layers.
    """
    imports, body = _embedded(start, pooling)
    imports += [
        "from embedlib import geometry",
        "from embedlib.exporting.layer_report import overlaps, sampled_rows",
    ]
    body += [
        "rows, _ = sampled_rows(len(texts))",
        f"first = [layer[rows] for layer in vectors.arrays[{literal(pooling)}]]",
    ]
    second = "first"
    if other is not None:
        second, own = "second", pooling if pooling in other.arrays else other.poolings[0]
        arguments = ["texts", literal(other.encoder.name), f"poolings={literal(own)}"]
        body += [
            *call("others = embed", [*arguments, *settings_written(other)]),
            f"second = [layer[rows] for layer in others.arrays[{literal(own)}]]",
        ]
    if measure == "cka":
        body.append(f"table = geometry.cka_matrix(first{', second' if other is not None else ''})")
    else:
        body.append("near = [geometry.neighbour_rows(space, 10) for space in first]")
        if other is not None:
            body.append("beside = [geometry.neighbour_rows(space, 10) for space in second]")
        body.append(f"table = overlaps(near{', beside' if other is not None else ''})")
    body += ["print(table)", *_neighbours(f"first[{pair[0]}]", f"{second}[{pair[1]}]")]
    return program(imports, body)


def alike_code(start: Start, rows: tuple[int, int], pooling: str, layer: int | str) -> str:
    """`table` is (token, token) the terms whose sum is the cosine."""
    imports, body = loaded(start, None)
    settings = settings_of(start, imports)
    imports += [
        "from embedlib.extract import token_vectors",
        "from embedlib.geometry import cosine_terms",
        "from embedlib.pooling import token_weights",
    ]
    special = start.vectors.settings.pool_special
    for name, row in zip("ab", rows, strict=True):
        body += [
            *call(f"{name} = token_vectors", ["encoder", f"texts[{row}]", *settings]),
            *call(
                f"weights_{name} = token_weights",
                [f"{name}.special", literal(pooling), *([] if special else ["pool_special=False"])],
            ),
        ]
    spaces = [_hidden(name, layer, imports) for name in "ab"]
    arguments = [spaces[0], "weights_a", spaces[1], "weights_b"]
    body += [*call("table = cosine_terms", arguments), "print(table.sum(), a.pieces, b.pieces)"]
    return program(imports, body)


def pooled_code(start: Start, row: int, pooling: str, layer: int | str, most: int) -> str:
    """`table` is (token,) how much each token pulls, `pooled` the vector of every pooling."""
    imports, body = loaded(start, None)
    settings = settings_of(start, imports)
    imports += [
        "import torch",
        "from embedlib import geometry",
        "from embedlib.extract import token_vectors",
        "from embedlib.pooling import POOLINGS, pooled_tokens, token_weights",
    ]
    own = "" if start.vectors.settings.pool_special else ", pool_special=False"
    weighted = f"token_weights(found.special[:{most}], {literal(pooling)}{own})"
    body += [
        *call("found = token_vectors", ["encoder", f"texts[{row}]", *settings]),
        f"hidden = {_hidden('found', layer, imports)}[:{most}]",
        f"mask = pooled_tokens(found.special[:{most}]{own})",
        "pooled = {",
        "    name: way.function(torch.tensor(hidden)[None], torch.tensor(mask)[None])[0].numpy()",
        "    for name, way in POOLINGS.items()",
        "    if not way.needs_choice",
        "}",
    ]
    linear = f"geometry.pulls(hidden, {weighted})"
    body.append(f"table = {'geometry.maximum_pulls(hidden, mask)' if pooling == 'max' else linear}")
    body.append("print(*zip(found.pieces, table), sep='\\n')")
    return program(imports, body)


def mistake_code(start: Start, rows: Sequence[int], name: str, layer: int) -> str:
    """`table` is (text,) the cosine of each text's right and wrong vector."""
    imports, body = loaded(start, None)
    imports.append("from embedlib.mistakes import damage")
    n = len(start.corpus)
    chosen = "texts" if len(rows) == n else f"[texts[row] for row in {list(rows)!r}]"
    body += [
        *call("found = damage", ["encoder", chosen, literal(name), f"layer={layer}"]),
        "table = found.cosines",
        "print(table.mean(), found.kept.mean(), found.spread)",
    ]
    return program(imports, body)


def certificate_code(start: Start, n: int, layer: int) -> str:
    """`table` is (check,) the verdicts."""
    imports, body = loaded(start, None)
    imports.append("from embedlib.certificate import certify")
    body += [f"table = certify(encoder, texts[:{n}], {layer})", "print(*table, sep='\\n')"]
    return program(imports, body)


def groups_code(start: Start, pooling: str, layer: int | str) -> str:
    """`table` is (text,) the group of each."""
    imports, body = _embedded(start, pooling)
    imports.append("from embedlib.clusters import cluster")
    selected = f"vectors.select({literal(pooling)}, {literal(layer)})"
    body += [f"table = cluster({selected}, 'kmeans').codes", "print(table)"]
    return program(imports, body)


def _embedded(start: Start, pooling: str) -> tuple[list[str], list[str]]:
    """Texts and the vectors of every layer."""
    imports, texts = SOURCES[start.source](start.corpus)
    name = literal(start.vectors.encoder.name)
    arguments = ["texts", name, f"poolings={literal(pooling)}", *settings_written(start.vectors)]
    body = [*_folder(start), *texts, *call("vectors = embed", arguments)]
    return [*imports, "from embedlib import embed"], body


def loaded(start: Start, texts: Sequence[str] | None) -> tuple[list[str], list[str]]:
    """Texts (those given, or those of the page) and the model."""
    if texts is None:
        imports, lines = SOURCES[start.source](start.corpus)
    else:
        imports, lines = [], ["texts = [", *(f"    {literal(text)}," for text in texts), "]"]
    encoder = start.vectors.encoder
    options = [] if encoder.dtype == "float32" else [f"dtype={literal(encoder.dtype)}"]
    body = [*_folder(start), *lines, *call("encoder = load", [literal(encoder.name), *options])]
    return [*imports, "from embedlib import load"], body


def _folder(start: Start) -> list[str]:
    if start.vectors.encoder.source != "folder":
        return []
    return ["# A local model: EMBEDLIB_MODELS_DIR must name the folder that holds its folder."]


def settings_of(start: Start, imports: list[str]) -> list[str]:
    """The token settings as an argument, where they are not the default."""
    written = settings_written(start.vectors)
    if not written:
        return []
    imports.append("from embedlib.records import TokenSettings")
    return [f"settings=TokenSettings({', '.join(written)})"]


def _hidden(name: str, layer: int | str, imports: list[str]) -> str:
    """(token, dim) of one text at a layer or mix."""
    if not isinstance(layer, str):
        return f"{name}.hidden[{layer}]"
    imports.append("from embedlib.layers import at_layer")
    return f"at_layer({name}.hidden, {literal(layer)})"


def _neighbours(first: str, second: str) -> list[str]:
    return [
        "n = min(10, len(rows) - 1)",
        "kept = geometry.neighbour_overlap(",
        f"    geometry.neighbour_rows({first}, n), geometry.neighbour_rows({second}, n)",
        ")",
        "print(kept.mean())",
    ]


def program(imports: Sequence[str], body: Sequence[str]) -> str:
    """The imports in order, a blank line, and the lines below them."""
    plain = [line for line in imports if line.startswith("import ")]
    others = [line for line in imports if not line.startswith("import ")]
    return "\n".join([*plain, *sorted_imports(others), "", *body]) + "\n"
