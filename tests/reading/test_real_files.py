"""The development data sets, read as pandas reads them; absent outside development."""

from pathlib import Path

import pandas as pd
import pytest

from embedlib.errors import ReadError
from embedlib.reading import guess_columns, read_file
from embedlib.reading.decoding import decode
from tests.reading.inprocess import read

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
FILES = {
    "banking77/train.csv": ("text", "category"),
    "covid_faq/faq.csv": ("question", "category"),
    "mr_polarity/mr_polarity.csv": ("text", "label"),
    "sib200/eng_Latn.train.tsv": ("text", "category"),
    "sib200/zho_Hans.train.tsv": ("text", "category"),
    "wordnet_senses/senses.tsv": ("sentence", "pos"),
}


def file(name: str) -> Path:
    if not (DATA / name).exists():
        pytest.skip("the development data sets are not here")
    return DATA / name


@pytest.mark.data
@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_read_as_pandas_reads_it(name):
    path = file(name)
    delimiter = "\t" if path.suffix == ".tsv" else ","
    theirs = pd.read_csv(path, sep=delimiter, dtype=str, keep_default_na=False)
    ours = read_file(path)
    assert ours.frame.equals(theirs) and ours.columns == tuple(theirs.columns)
    assert guess_columns(ours) == FILES[name]


@pytest.mark.data
@pytest.mark.parametrize(
    "codec", ["gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"]
)
def test_a_real_chinese_file_is_read_in_every_encoding(codec):
    text = file("sib200/zho_Hans.train.tsv").read_text(encoding="utf-8")
    text = text.encode(codec, "ignore").decode(codec)
    whole = read(text, "a.tsv").frame
    assert read(text.encode(codec), "a.tsv").frame.equals(whole)


@pytest.mark.data
@pytest.mark.parametrize("codec", ["gbk", "big5", "utf-16"])
def test_a_single_real_sentence_is_read_right_or_refused(codec):
    """From a few characters the encoding often can be told; a wrong one must be rare."""
    lines = file("tatoeba/tatoeba.cmn-eng.cmn").read_text(encoding="utf-8").splitlines()
    outcomes = {"right": 0, "wrong": 0, "refused": 0}
    for line in lines:
        try:
            content = line.encode(codec)
            outcomes["right" if decode(content).text == line else "wrong"] += 1
        except UnicodeEncodeError:
            continue
        except ReadError:
            outcomes["refused"] += 1
    assert outcomes["wrong"] == 0 and outcomes["right"] > 50 * outcomes["refused"]
