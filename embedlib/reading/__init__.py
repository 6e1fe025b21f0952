"""Bytes to texts: files are parsed in a child process; a new format is a row of `formats.FORMATS`.

>>> from embedlib.reading import corpus_from_text
>>> corpus_from_text("A river bank. A savings bank.", split="sentences").texts
('A river bank.', 'A savings bank.')
"""

from embedlib.reading.characters import is_blank, marks
from embedlib.reading.columns import guess_columns
from embedlib.reading.corpus import SPLITS, corpus_from_sheet, corpus_from_text
from embedlib.reading.formats import FORMATS
from embedlib.reading.samples import SAMPLES, Sample, sample_corpus
from embedlib.reading.sheets import read_file, read_sheet, read_sheets

__all__ = [
    "FORMATS",
    "SAMPLES",
    "SPLITS",
    "Sample",
    "corpus_from_sheet",
    "corpus_from_text",
    "guess_columns",
    "is_blank",
    "marks",
    "read_file",
    "read_sheet",
    "read_sheets",
    "sample_corpus",
]
