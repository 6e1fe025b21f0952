"""layer_code: the Python that measures the grid that is on screen."""

from embedlib.exporting.code import SOURCES, call, literal, settings_written, sorted_imports
from embedlib.probes import Grid, GridOptions
from embedlib.records import Corpus, Vectors


def layer_code(vectors: Vectors, corpus: Corpus, made: Grid | None, source: str) -> str:
    """Python whose variable `made` equals the grid; without labels, the health of each layer.

    Args:
        vectors: What was extracted from the texts of `corpus`.
        corpus: The texts.
        made: The grid, or None.
        source: Where the texts came from, a row of SOURCES.
    """
    imports, texts = SOURCES[source](corpus)
    imports = [*imports, "from embedlib import embed"]
    poolings = vectors.poolings if made is None else made.poolings
    arguments = ["texts", literal(vectors.encoder.name), f"poolings={poolings!r}"]
    body = [*texts, *call("vectors = embed", [*arguments, *settings_written(vectors)])]
    if made is None:
        imports.append("from embedlib.geometry import health")
        body += [
            f"for layer in vectors.arrays[{literal(poolings[0])}]:  # (text, dim)",
            "    print(health(layer, vectors.ledger.n_kept))",
        ]
    else:
        imports.append("from embedlib.probes import GridOptions, grid, problem")
        body += [*_labels(corpus, source), *_measuring(made)]
    return "\n".join([*sorted_imports(imports), "", *body]) + "\n"


def _labels(corpus: Corpus, source: str) -> list[str]:
    """Where the labels come from, in the same way as the texts."""
    if source == "sample":
        return ["labels = sample_corpus(" + _sample(corpus) + ").labels"]
    if source == "file":
        columns = f"{literal(corpus.text_column)}, {literal(corpus.label_column)}"
        return [f"labels = corpus_from_sheet(sheet, {columns}).labels"]
    return [f"labels = {list(corpus.labels or ())!r}"]


def _sample(corpus: Corpus) -> str:
    from embedlib.reading import SAMPLES

    names = {row.label: name for name, row in SAMPLES.items()}
    return literal(names.get(corpus.name, corpus.name))


def _measuring(made: Grid) -> list[str]:
    default = GridOptions()
    given = {
        name: getattr(made.options, name)
        for name in ("score", "transform", "mixes", "weighted")
        if getattr(made.options, name) != getattr(default, name)
    }
    options = ", ".join(f"{name}={literal(value)}" for name, value in given.items())
    posed = ["labels", "texts", f"n_folds={made.problem.n_folds}"]
    if made.problem.seed:
        posed.append(f"seed={made.problem.seed}")
    if made.problem.measure != "accuracy":
        posed.append(f"measure={literal(made.problem.measure)}")
    return [
        *call("posed = problem", posed),
        f"made = grid(vectors, posed, GridOptions({options}))",
        "for cell in made.cells:",
        "    print(cell.layer, cell.pooling, cell.mean, cell.interval)",
        'print("cannot be told apart:", [(one.layer, one.pooling) for one in made.best])',
    ]
