import os
import subprocess
import sys

import pyarrow as pa
import pytest

from embedlib.errors import Cancelled, LimitError, ReadError, WorkerError
from embedlib.reading import read_file, read_sheet, sheets
from embedlib.reading.sheets import display_name
from embedlib.reading.wire import unpack

TABLE = b"text,label\nhello,a\n"


def test_a_file_is_read_in_a_child():
    sheet = read_sheet(TABLE, "a.csv")
    assert (sheet.name, sheet.format, sheet.encoding) == ("a.csv", "csv", "utf-8")
    assert sheet.frame.to_dict("list") == {"text": ["hello"], "label": ["a"]}
    assert all(str(kind) == "str" for kind in sheet.frame.dtypes)


def test_what_a_person_says_reaches_the_child():
    sheet = read_sheet("名,一\n東,京\n".encode("euc_jp"), "a.csv", header=False, encoding="euc-jp")
    assert sheet.columns == ("column_1", "column_2") and sheet.frame.iloc[1, 0] == "東"


def test_the_childs_refusal_keeps_its_words():
    with pytest.raises(ReadError, match=r"got a gzip file: 'a\.csv'"):
        read_sheet(b"\x1f\x8b" + bytes(20), "a.csv")


def test_too_large_a_file_starts_no_child(monkeypatch):
    monkeypatch.setattr(sheets, "call", None)
    monkeypatch.setenv("EMBEDLIB_UPLOAD_BYTES", "10")
    with pytest.raises(LimitError, match="size of the file must be at most 10 bytes, got 19"):
        read_sheet(TABLE, "a.csv")


def test_the_parent_never_parses(monkeypatch):
    """A child that crashes on the bytes is an error in words, and the next file is read."""
    real = sheets.call
    monkeypatch.setattr(
        sheets, "call", lambda _, __, **rest: real("tests.stub_child", b"segfault", **rest)
    )
    with pytest.raises(WorkerError, match=r"Reading 'a\.csv' crashed \(SIGSEGV\)"):
        read_sheet(TABLE, "a.csv")
    monkeypatch.setattr(sheets, "call", real)
    assert len(read_sheet(TABLE, "a.csv").frame) == 1


def test_memory_is_bounded_in_the_child(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_READ_MEMORY_BYTES", str(400 * 2**20))
    with pytest.raises(WorkerError, match=r"Reading 'a\.csv' needed more memory than it may use"):
        read_sheet(b"text,label\n" + b"a,b\n" * 10_000_000, "a.csv")


def test_time_is_bounded_in_the_child(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_READ_SECONDS", "1")
    monkeypatch.setenv("EMBEDLIB_ROWS", "100000000")
    monkeypatch.setenv("EMBEDLIB_CELLS", "1000000000")
    with pytest.raises(WorkerError, match="took more than 1 seconds of processor time"):
        read_sheet(b"text,label\n" + b"a,b\n" * 12_000_000, "a.csv")


def test_reading_can_be_stopped():
    with pytest.raises(Cancelled):
        read_sheet(b"text,label\n" + b"a,b\n" * 5_000_000, "a.csv", cancelled=lambda: True)


def test_no_more_files_are_read_at_once_than_allowed(monkeypatch):
    monkeypatch.setenv("EMBEDLIB_RUNNING_JOBS", "1")
    monkeypatch.setenv("EMBEDLIB_READ_WALL_SECONDS", "1")
    sheets._places.cache_clear()
    try:
        with sheets._places(), pytest.raises(WorkerError, match="had to wait too long for other"):
            read_sheet(TABLE, "a.csv")
    finally:
        sheets._places.cache_clear()


def test_the_child_imports_no_pandas_torch_or_streamlit():
    code = (
        "import sys, embedlib.reading.child as child\n"
        "sys.meta_path.insert(0, child._NoPandas())\n"
        "from embedlib.reading.wire import ask, reply_of\n"
        "from embedlib.reading.grid import Request\n"
        "reply_of(ask(Request(b'text,label\\nhello,a\\n', 'a.csv')))\n"
        "print([m for m in ('pandas', 'torch', 'streamlit') if m in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_a_file_on_disk_is_read(tmp_path):
    (tmp_path / "a.csv").write_bytes(TABLE)
    assert read_file(tmp_path / "a.csv").name == "a.csv"


def test_what_is_no_plain_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", "/dev/zero"):
        with pytest.raises(ReadError, match="must be a plain file, got"):
            read_file(path)
    for path in (tmp_path / "none.csv", "a\0b", "x" * 5_000):
        with pytest.raises(ReadError, match="must be a file that can be read, got"):
            read_file(path)


def test_a_huge_file_on_disk_is_refused_unread(tmp_path):
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(2 * 2**30)
    with pytest.raises(LimitError, match=r"The size of 'huge\.csv' must be at most 52,428,800"):
        read_file(tmp_path / "huge.csv")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("C:\\Users\\x\\a.csv", "a.csv"),
        ("pass\u202ecod.csv", "passcod.csv"),
        ("a\x00b\n.csv", "ab.csv"),
        ("", "file"),
        ("/", "file"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
        ("表格.csv", "表格.csv"),
    ],
)
def test_a_name_is_shown_without_folders_and_tricks(name, shown):
    assert display_name(name) == shown


def test_a_sheet_has_the_name_that_may_be_shown():
    assert read_sheet(TABLE, "../../etc/passwd").name == "passwd"


@pytest.mark.parametrize("reply", [b"", b"nonsense", b"\xff" * 200])
def test_a_reply_that_is_no_table_is_refused(reply):
    with pytest.raises(WorkerError, match=r"Reading 'a\.csv' gave no table"):
        unpack(reply, "a.csv")


def test_a_reply_whose_texts_are_not_utf8_is_refused():
    raw = pa.array([b"\xff\xfe"], pa.large_binary())
    broken = pa.LargeStringArray.from_buffers(1, *raw.buffers()[1:])
    batch = pa.record_batch([broken], names=["a"]).replace_schema_metadata(
        {b"embedlib": b'{"format": "csv", "encoding": "utf-8", "notes": []}'}
    )
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    with pytest.raises(WorkerError, match="gave no table"):
        unpack(bytes(sink.getvalue()), "a.csv")
