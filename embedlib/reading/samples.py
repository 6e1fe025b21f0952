"""SAMPLES: hand-written texts to begin with; a new one is a CSV in assets/samples and a row."""

from dataclasses import dataclass
from pathlib import Path

from embedlib.errors import ReadError
from embedlib.reading.corpus import corpus_from_sheet
from embedlib.reading.formats import parse
from embedlib.reading.grid import Request
from embedlib.reading.wire import pack, unpack
from embedlib.records import Corpus, Sheet
from embedlib.table import Table

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "samples"


@dataclass(frozen=True)
class Sample:
    """A small set of texts that shows something.

    Args:
        name: The file's name without `.csv`.
        label: For a person.
        description: In one sentence, what there is to see.
        text_column: Its column of texts.
        label_column: Its column of labels.
    """

    name: str
    label: str
    description: str
    text_column: str = "text"
    label_column: str | None = "label"


_ROWS = (
    Sample(
        "senses",
        "Senses",
        "Six English words such as bank and bark, each in two senses: where do the senses part?",
    ),
    Sample(
        "senses_zh",
        "一词多义",
        "Five Chinese words such as 苹果 and 意思, each in two senses.",
    ),
    Sample(
        "service",
        "Service",
        "Sixty questions to a shop with eight intents, in words that often overlap.",
    ),
    Sample(
        "service_zh",
        "客服问题",
        "Twenty-four Chinese questions to a shop with six intents.",
    ),
    Sample(
        "sentiment",
        "Reviews",
        "Short reviews, good and bad, some with negation or irony, which are hard.",
    ),
    Sample(
        "languages",
        "Languages",
        "Twelve sentences in English and Chinese: do meanings or languages lie together?",
    ),
    Sample(
        "scripts",
        "Scripts",
        "Twelve texts from Arabic to emoji, to look at tokens.",
    ),
)

SAMPLES: Table[Sample] = Table("sample", {row.name: row for row in _ROWS})
"""The first is what a visitor sees first."""


def sample_sheet(name: str) -> Sheet:
    """The rows of a sample; our own file, so it is read without a child process.

    Raises:
        UnknownNameError: If there is no such sample.
        ReadError: If the folder of samples is not there.
    """
    row = SAMPLES[name]
    file = FOLDER / f"{row.name}.csv"
    try:
        content = file.read_bytes()
    except OSError:
        raise ReadError(
            f"The sample {row.name} must be in the folder assets/samples, got no file.",
            "Run from a complete copy of the project.",
        ) from None
    return unpack(pack(parse(Request(content, file.name, header=True))), row.label)


def sample_corpus(name: str) -> Corpus:
    """A sample as a corpus with labels.

    Raises:
        UnknownNameError: If there is no such sample.
        ReadError: If the folder of samples is not there.
    """
    row = SAMPLES[name]
    return corpus_from_sheet(sample_sheet(name), row.text_column, row.label_column)
