"""The array on disk is what numpy reads, whatever it was written from."""

import mmap

import numpy as np
import pytest

from embedlib.cli import arrays


def sources(tmp_path):
    rng = np.random.default_rng(0)
    plain = rng.normal(size=(3, 40, 8)).astype(np.float32)
    np.save(tmp_path / "source.npy", plain)
    return plain, np.load(tmp_path / "source.npy", mmap_mode="r")


def test_poolings_are_stacked_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "CHUNK_BYTES", 7 * 8 * 4)
    plain, mapped = sources(tmp_path)
    arrays.write_arrays(tmp_path / "v.npy", {"mean": mapped, "cls": -plain})
    found = np.load(tmp_path / "v.npy")
    assert found.dtype == np.float32 and found.shape == (2, 3, 40, 8)
    assert np.array_equal(found, np.stack([plain, -plain]))


def test_no_texts_make_an_empty_array(tmp_path):
    arrays.write_arrays(tmp_path / "v.npy", {"mean": np.zeros((2, 0, 8), np.float32)})
    assert np.load(tmp_path / "v.npy").shape == (1, 2, 0, 8)


def test_written_pages_survive_their_release(tmp_path):
    array = arrays.empty_array(tmp_path / "v.npy", (2, 3, 1000, 16))
    array[1] = 7
    arrays.release(array[1, 0])
    assert (np.asarray(array[1]) == 7).all()
    assert (np.load(tmp_path / "v.npy")[1] == 7).all()


@pytest.mark.parametrize("mode", ["r", "c"])
def test_release_keeps_what_is_read_or_privately_changed(tmp_path, mode):
    plain, _ = sources(tmp_path)
    array = np.load(tmp_path / "source.npy", mmap_mode=mode)
    if mode == "c":
        array[0] = plain[0] = 5
    arrays.release(array[0])
    assert np.array_equal(array, plain)


def test_release_of_an_array_in_memory_does_nothing():
    arrays.release(np.zeros(3, np.float32))


@pytest.mark.skipif(not hasattr(mmap, "MADV_DONTNEED"), reason="the system drops pages by itself")
@pytest.mark.parametrize("buffer", [True, False])
def test_pages_that_were_read_leave_memory(tmp_path, buffer):
    psutil = pytest.importorskip("psutil")
    path = tmp_path / "big.npy"
    np.save(path, np.ones((1, 64, 2**18), np.float32))  # 64 MB
    if buffer:
        with path.open("rb") as file:
            whole = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        array = np.frombuffer(whole, np.float32, offset=128).reshape(1, 64, -1)
    else:
        array = np.load(path, mmap_mode="r")
    assert array.sum() == 2**24
    full = psutil.Process().memory_info().rss
    arrays.release(array[0])
    assert full - psutil.Process().memory_info().rss > 48 * 2**20
    assert array[0, 5, 5] == 1
