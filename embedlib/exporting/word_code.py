"""Show code for single words: a journey, the logit lens, tagged words; see `panel_code`."""

from collections.abc import Sequence

from embedlib.exporting.code import call, literal
from embedlib.exporting.panel_code import Start, loaded, program, settings_of
from embedlib.probes import GridOptions


def journey_code(start: Start, texts: Sequence[str] | None, word: str) -> str:
    """`table` is (layer,) nearest words, `curve` the similarities, `planes` the maps.

    Args:
        start: The model, and the texts where `texts` is None.
        texts: The texts of a sample word.
        word: What is followed.
    """
    imports, body = loaded(start, texts)
    imports += [
        "from embedlib.extract.occurrences import occurrences",
        "from embedlib.geometry import aligned_planes",
    ]
    arguments = ["encoder", "texts", literal(word), *settings_of(start, imports)]
    body += [
        *call("found = occurrences", arguments),
        "curve = {'raw': found.raw, 'adjusted': found.adjusted, 'pairs': found.baseline}",
        "table = found.nearest_words(6)",
        "planes = aligned_planes(found.hidden)  # (layer, occurrence, 2)",
        "for layer, words in enumerate(table):",
        "    print(layer, found.raw[layer], found.adjusted[layer], words)",
    ]
    return program(imports, body)


def lens_code(start: Start, text: str, position: int) -> str:
    """`table` is (layer,) the likeliest tokens at one place."""
    imports, body = loaded(start, [text])
    imports.append("from embedlib.attention.lens import logit_lens")
    arguments = ["encoder", "texts[0]", str(position), *settings_of(start, imports)]
    body += [
        *call("table = logit_lens", arguments),
        "for layer, likeliest in enumerate(table):",
        "    print(layer, likeliest.written, likeliest.probabilities)",
    ]
    return program(imports, body)


def words_code(
    model: str, name: str, content: str | None, measure: str, options: GridOptions
) -> str:
    """`made` is the grid over layers and pieces of the words of a CoNLL file.

    Args:
        model: Its name.
        name: Of the file.
        content: What stands in it where it is an example; None for a file on the disk.
        measure: A row of MEASURES.
        options: Of the grid.
    """
    imports = [
        "from embedlib import load",
        "from embedlib.extract.word_vectors import word_vectors",
        "from embedlib.probes import GridOptions, grid, problem",
        "from embedlib.training.conll import read_conll",
    ]
    if content is None:
        imports.append("from pathlib import Path")
        body = [f"content = Path({literal(name)}).read_bytes()"]
    else:
        imports.append("from embedlib.reading.word_samples import TAGGED_NAMES")
        body = ["content = TAGGED_NAMES.encode()"]
    given = [] if options.mixes else ["mixes=False"]
    given += ["weighted=True"] if options.weighted else []
    body += [
        f"read = read_conll(content, {literal(name)})",
        f"found = word_vectors(load({literal(model)}), read.words)",
        "places = list(zip(found.sentence, found.place))",
        "posed = problem(",
        "    [read.tags[sentence][place] for sentence, place in places],",
        "    [read.texts[sentence] for sentence, _ in places],",
        f"    measure={literal(measure)},",
        "    sequences=found.sentence,",
        ")",
        f"made = grid(found.vectors, posed, GridOptions({', '.join(given)}))",
        "table = [(cell.layer, cell.pooling, cell.mean, cell.interval) for cell in made.cells]",
        "print(*table, sep='\\n')",
    ]
    return program(imports, body)
