import bz2
import gzip
import io
import lzma
import pickle
import tarfile
import zipfile

import numpy as np
import pyarrow as pa
import pytest

from embedlib.errors import ReadError
from tests.reading.inprocess import read


def zipped(**members: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return sink.getvalue()


def tarred() -> bytes:
    sink = io.BytesIO()
    with tarfile.open(fileobj=sink, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.csv"))
    return sink.getvalue()


def feather() -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, pa.schema([("a", pa.string())])):
        pass
    return sink.getvalue()


def npy() -> bytes:
    sink = io.BytesIO()
    np.save(sink, np.zeros(3))
    return sink.getvalue()


FILES = [
    (b"\x89PNG\r\n\x1a\n" + bytes(50), "a PNG picture"),
    (b"\xff\xd8\xff\xe0" + bytes(50), "a JPEG picture"),
    (b"GIF89a" + bytes(50), "a GIF picture"),
    (b"\x7fELF\x02\x01\x01" + bytes(50), r"a program \(ELF\)"),
    (b"MZ\x90\x00\x03" + bytes(50), "a Windows program"),
    (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(50), "an old Office file"),
    (gzip.compress(b"text,label\n", mtime=0), "a gzip file"),
    (bz2.compress(b"text,label\n"), "a bzip2 file"),
    (lzma.compress(b"text,label\n"), "an xz file"),
    (b"\x28\xb5\x2f\xfd" + bytes(20), "a Zstandard file"),
    (zipped(a="text"), "a ZIP archive"),
    (zipped(**{"xl/workbook.xml": "x"}), r"an Excel workbook \(XLSX\)"),
    (zipped(**{"word/document.xml": "x"}), "a Word document"),
    (zipped(**{"archive/data.pkl": "x"}), "a PyTorch file"),
    (tarred(), "a tar archive"),
    (feather(), r"an Arrow \(Feather\) file"),
    (pickle.dumps({"a": [1]}), "a Python pickle"),
    (pickle.dumps({"a": [1]}, protocol=0), "a Python pickle"),
    (pickle.dumps([1], protocol=2), "a Python pickle"),
    (b"cposix\nsystem\n(S'true'\ntR.", "a Python pickle"),
    (b"SQLite format 3\x00" + bytes(50), "an SQLite database"),
    (b'\x08\x00\x00\x00\x00\x00\x00\x00{"a":1} ', "a safetensors file"),
    (b"PARE" + bytes(50), "an encrypted Parquet file"),
    (b"<!DOCTYPE html>\n<html><body>x</body></html>", "HTML"),
    (b"\xef\xbb\xbf  <html><script>alert(1)</script>", "HTML"),
    ("<html>é</html>".encode("utf-16"), "HTML"),
    (b"<!-- saved -->\n<html lang='en'>", "HTML"),
    (b'<?xml version="1.0"?><rows/>', "an XML document"),
    (b"<svg xmlns='x'><script/></svg>", "an XML document"),
]


@pytest.mark.parametrize("name", ["table.csv", "table.parquet", "table", "table.txt"])
@pytest.mark.parametrize(("content", "kind"), FILES)
def test_what_is_no_table_is_named_whatever_it_is_called(content, kind, name):
    with pytest.raises(ReadError, match=f"must be a table of text, got {kind}.*: '{name}'"):
        read(content, name)


def test_the_hint_fits_the_kind():
    with pytest.raises(ReadError, match="Unpack it first"):
        read(gzip.compress(b"a"))
    with pytest.raises(ReadError, match=r"Save it as CSV \(UTF-8\) first"):
        read(zipped(**{"xl/workbook.xml": "x"}))
    with pytest.raises(ReadError, match="Use TXT, CSV, TSV, JSONL, Parquet or NPY"):
        read(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize(
    "first",
    ["PARENT,CHILD", "BMW,Audi", "MZ,label", "ORC,elf", "cos,sin", "PK,label", "II*,x", "RIFF,x"],
)
def test_words_that_begin_like_a_signature_are_read(first):
    assert read(f"{first}\nsome text,1\nother text,2\n", header=True).columns == tuple(
        first.split(",")
    )


@pytest.mark.parametrize("text", ["<b>bold</b> text", "a < b", "<3 you all", "htmlish <html"])
def test_text_with_angle_brackets_is_read(text):
    assert len(read(f"{text}\nmore of it\n", "a.txt").frame) == 2


@pytest.mark.parametrize("content", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"\xff\xfe \x00"])
def test_an_empty_or_blank_file_is_refused(content):
    with pytest.raises(
        ReadError, match=r"must hold text, got (an empty file|white space): 'a\.csv'"
    ):
        read(content)
