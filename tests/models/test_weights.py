import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from embedlib.models import weights
from embedlib.models.weights import CARD, recall, sha256_of, stamp, weights_sha256


def test_a_hash_is_made_once_and_again_when_the_file_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, made, real = tmp_path / "a", [], hashlib.file_digest
    monkeypatch.setattr(hashlib, "file_digest", lambda *args: (made.append(1), real(*args))[1])
    file.write_bytes(b"one")
    first = sha256_of(file)
    assert first == sha256_of(file) == hashlib.sha256(b"one").hexdigest()
    assert len(made) == 1
    file.write_bytes(b"other")
    assert sha256_of(file) == hashlib.sha256(b"other").hexdigest()
    assert len(made) == 2


def test_one_file_has_its_own_hash_and_shards_have_one_over_all(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("b", "a", "c")]
    for file in files:
        file.write_text(file.name)
    assert weights_sha256(files[:1]) == hashlib.sha256(b"b").hexdigest()
    assert weights_sha256(files) == weights_sha256(files[::-1])
    assert weights_sha256(files) != weights_sha256(files[:2])


def test_the_card_of_a_download_is_believed_while_size_and_time_agree(tmp_path: Path) -> None:
    file = tmp_path / "model.safetensors"
    file.write_bytes(b"one")
    stat = file.stat()
    noted = {"sha256": "f" * 64, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}
    (tmp_path / CARD).write_text(json.dumps({"weights": {file.name: noted}}))
    recall(tmp_path)
    assert sha256_of(file) == "f" * 64
    os.utime(file, ns=(0, stat.st_mtime_ns + 1))
    recall(tmp_path)
    assert sha256_of(file) == hashlib.sha256(b"one").hexdigest()


@pytest.mark.parametrize(
    "card", [None, [], {}, {"weights": 3}, {"weights": {"a": 1}}, {"weights": {"a": {"size": 1}}}]
)
def test_a_card_that_makes_no_sense_is_passed_over(tmp_path: Path, card: Any) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / CARD).write_text(json.dumps(card))
    recall(tmp_path)
    recall(tmp_path / "nowhere")
    assert sha256_of(tmp_path / "a") == hashlib.sha256(b"a").hexdigest()


def test_a_stamp_changes_when_a_file_does(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    before = stamp(tmp_path)
    assert stamp(tmp_path) == before
    os.utime(tmp_path / "a", (1, 1))
    assert stamp(tmp_path) != before
    assert weights.settings_sha256(tmp_path) == weights.settings_sha256(tmp_path)
