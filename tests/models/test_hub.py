import json
import pickle
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from embedlib.errors import (
    Cancelled,
    DownloadError,
    LimitError,
    ModelNameError,
    ModelNotFoundError,
    UnsafeModelError,
    UnsupportedModelError,
)
from embedlib.models import DEFAULT, available, describe, download, hub, load, offers
from embedlib.models.places import downloads_folder
from embedlib.models.weights import CARD
from embedlib.records import Progress
from tests.models.folders import change, save
from tests.models.stub_hub import StubHub, stub_hub

NAME = "org/tiny"


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubHub]:
    """A Hub with one model, which the child process is told to ask."""
    folder = save(tmp_path / "source")
    with stub_hub() as running:
        running.add(NAME, folder)
        monkeypatch.setenv("HF_ENDPOINT", running.url)
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        yield running


def nothing_is_left() -> bool:
    folder = downloads_folder(NAME)
    return not folder.exists() or not any(folder.iterdir())


def test_a_model_is_described_before_it_is_fetched(stub: StubHub) -> None:
    described = describe(NAME)
    assert (described.name, described.revision) == (NAME, "c3" * 20)
    assert (described.licence, described.model_type) == ("apache-2.0", "bert")
    assert described.parameters == 1234
    names = {file.name for file in described.files}
    assert names == {"config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"}
    assert described.download_bytes == sum(map(len, stub.files[NAME].values()))
    assert all("/resolve/" not in request for request, _ in stub.requests)


def test_a_download_can_be_loaded_and_is_not_fetched_twice(stub: StubHub, home: Path) -> None:
    pickled = {"pytorch_model.bin": pickle.dumps(1), "modeling_x.py": b"evil", "1/x.json": b"{}"}
    stub.files[NAME] |= pickled | {"onnx/model.onnx": b"x", "README.md": b"x", "x.json.py": b"x"}
    with pytest.raises(ModelNotFoundError):
        load(NAME)
    seen: list[Progress] = []
    assert download(NAME, progress=seen.append) == NAME
    folder = downloads_folder(NAME) / stub.sha
    assert folder == home / "models" / "org--tiny" / stub.sha
    assert {file.name for file in folder.iterdir()} == {
        *("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors", CARD)
    }
    card = json.loads((folder / CARD).read_text())
    assert (card["name"], card["revision"], card["licence"]) == (NAME, stub.sha, "apache-2.0")
    encoder = load(NAME, device="cpu")
    assert (encoder.card.source, encoder.card.revision) == ("hub", stub.sha)
    assert card["weights"]["model.safetensors"]["sha256"] == encoder.card.weights_sha256
    assert NAME in [model.name for model in available()]
    assert (seen[0].done, seen[0].unit) == (0, "bytes")
    assert seen[-1].done == seen[-1].total == describe(NAME).download_bytes
    assert [one.done for one in seen] == sorted(one.done for one in seen)
    before = len(stub.requests)
    download(NAME)
    assert not any("/resolve/" in request for request, _ in stub.requests[before:])


def test_shards_are_fetched_with_their_index(stub: StubHub, tmp_path: Path) -> None:
    stub.add("org/sharded", save(tmp_path / "sharded", max_shard_size="8KB"))
    stub.files["org/sharded"]["extra.safetensors"] = b"x"
    download("org/sharded")
    encoder = load("org/sharded", device="cpu")
    assert encoder.card.n_layers == 3
    assert not (downloads_folder("org/sharded") / stub.sha / "extra.safetensors").exists()


def test_progress_is_told_while_bytes_come_and_cancel_leaves_nothing(stub: StubHub) -> None:
    stub.gate.clear()
    stop = threading.Event()

    def progress(now: Progress) -> None:
        # A part of the weights has come, and the rest is held back.
        if stub.halfway.is_set() and 0 < now.done < now.total:
            stop.set()

    with pytest.raises(Cancelled):
        download(NAME, progress=progress, cancelled=stop.is_set)
    assert nothing_is_left()
    with pytest.raises(ModelNotFoundError):
        load(NAME)


def test_a_description_can_be_cancelled(stub: StubHub) -> None:
    with pytest.raises(Cancelled):
        download(NAME, cancelled=lambda: True)
    assert nothing_is_left()


@pytest.mark.parametrize("file", ["model.safetensors", "config.json"])
def test_a_file_with_a_wrong_hash_is_thrown_away(stub: StubHub, file: str) -> None:
    true = stub.files[NAME][file]
    stub.served[file] = true[:-1] + (b"}" if true[-1:] != b"}" else b" ")
    with pytest.raises(DownloadError, match=f"{file} of org/tiny must be what the Hub's list says"):
        download(NAME)
    assert nothing_is_left()


def test_a_file_that_is_cut_short_is_thrown_away(stub: StubHub) -> None:
    stub.served["model.safetensors"] = stub.files[NAME]["model.safetensors"][:-10]
    with pytest.raises(DownloadError):
        download(NAME)
    assert nothing_is_left()


def test_a_model_without_safetensors_is_refused_and_not_fetched(stub: StubHub) -> None:
    files = stub.files[NAME]
    files["pytorch_model.bin"] = pickle.dumps(1)
    del files["model.safetensors"]
    for ask in (describe, download):
        with pytest.raises(UnsafeModelError, match=r"got org/tiny without model\.safetensors"):
            ask(NAME)
    assert not any("/resolve/" in request for request, _ in stub.requests)


def test_a_model_that_is_too_large_is_refused_and_not_fetched(
    stub: StubHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMBEDLIB_MODEL_BYTES", "1000")
    with pytest.raises(LimitError, match="The model org/tiny must be at most 1,000 bytes, got"):
        download(NAME)
    assert not any("/resolve/" in request for request, _ in stub.requests)


def test_a_disk_without_room_is_told_before(stub: StubHub, monkeypatch: pytest.MonkeyPatch) -> None:
    room = type("Room", (), {"free": 5})()
    monkeypatch.setattr("embedlib.models.arrivals.shutil.disk_usage", lambda _folder: room)
    with pytest.raises(DownloadError, match="bytes free for org/tiny, got 5"):
        download(NAME)
    assert nothing_is_left()


def test_an_architecture_beyond_the_table_is_refused_before_the_download(stub: StubHub) -> None:
    stub.said = {"config": {"model_type": "t5"}}
    with pytest.raises(UnsupportedModelError, match="got 't5'"):
        download(NAME)
    stub.said = {"config": None, "safetensors": None, "tags": None}
    assert describe(NAME).model_type == ""


def test_a_folder_that_load_would_refuse_is_not_kept(stub: StubHub, tmp_path: Path) -> None:
    source = save(tmp_path / "evil")
    change(source / "config.json", auto_map={"AutoModel": "evil.Model"})
    stub.add(NAME, source)
    with pytest.raises(UnsafeModelError, match="auto_map"):
        download(NAME)
    assert nothing_is_left()


def test_a_model_that_the_hub_does_not_have_is_told(stub: StubHub) -> None:
    with pytest.raises(DownloadError, match="has no open model called 'org/other'"):
        download("org/other")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "given only to those whom its author let in"),
        (404, "has no open model called"),
        (500, "answered with status 500"),
    ],
)
def test_what_the_hub_refuses_is_told_in_words(stub: StubHub, status: int, words: str) -> None:
    stub.status = status
    with pytest.raises(DownloadError, match=words) as caught:
        describe(NAME)
    assert stub.url not in str(caught.value)


def test_a_hub_that_is_down_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with stub_hub() as gone:
        pass
    monkeypatch.setenv("HF_ENDPOINT", gone.url)
    with pytest.raises(DownloadError, match=r"could not be reached for org/tiny \(ConnectError\)"):
        download(NAME)
    assert nothing_is_left()


@pytest.mark.parametrize("name", ["EMBEDLIB_OFFLINE", "HF_HUB_OFFLINE"])
@pytest.mark.parametrize("value", ["1", "true", "ON"])
def test_a_switch_forbids_downloads(
    stub: StubHub, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    for ask in (describe, download):
        with pytest.raises(DownloadError, match="must be allowed to fetch org/tiny, and are swi"):
            ask(NAME)
    assert stub.requests == []


def test_the_switch_is_off_when_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDLIB_OFFLINE", "0")
    monkeypatch.setenv("HF_HUB_OFFLINE", "")
    assert not hub.offline()


@pytest.mark.parametrize(
    "said",
    [
        {"sha": "main"},
        {"sha": None},
        {"sha": "../../x"},
        {"sha": "C3" * 20},
        {"siblings": [{"rfilename": "model.safetensors"}]},
        {"siblings": []},
        {"siblings": [{"rfilename": "../../model.safetensors", "size": 5, "blobId": "0"}]},
        {"siblings": [{"rfilename": "/etc/model.safetensors", "size": 5, "blobId": "0"}]},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(stub: StubHub, said: dict[str, Any]) -> None:
    stub.said = said
    with pytest.raises((DownloadError, UnsafeModelError)):
        download(NAME)
    assert not any("/resolve/" in request for request, _ in stub.requests)
    assert nothing_is_left()


def test_bad_names_never_reach_the_hub(stub: StubHub) -> None:
    for name in ("../x", "http://a/b", "/etc", "a" * 300):
        for ask in (describe, download):
            with pytest.raises(ModelNameError):
                ask(name)
    assert stub.requests == []


def test_the_bundled_model_needs_no_download(stub: StubHub) -> None:
    for name in (DEFAULT, "sentence-transformers/all-MiniLM-L6-v2"):
        assert download(name) == DEFAULT
    assert stub.requests == []


def test_a_catalog_name_is_asked_for_by_its_hub_name(stub: StubHub, tmp_path: Path) -> None:
    stub.add("google-bert/bert-base-uncased", save(tmp_path / "base"))
    assert download("bert-base-uncased") == "google-bert/bert-base-uncased"
    assert load("bert-base-uncased", device="cpu").card.name == "google-bert/bert-base-uncased"


def test_the_hub_hears_the_token_and_nothing_else_of_this_machine(
    stub: StubHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_SECRET", "canary")
    download(NAME)
    assert all("authorization" not in _lower(headers) for _, headers in stub.requests)
    monkeypatch.setenv("HF_TOKEN", "hf_canary")
    describe(NAME)
    assert _lower(stub.requests[-1][1])["authorization"] == "Bearer hf_canary"
    for request, _ in stub.requests:
        assert re.match(r"(GET|HEAD) (/api/models/org/tiny|/org/tiny/resolve/)", request)


def test_the_child_gets_no_other_secret_and_no_telemetry(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    passed: list[dict[str, str]] = []

    def call(*_: Any, variables: dict[str, str], **__: Any) -> bytes:
        passed.append(variables)
        return b"{}"

    monkeypatch.setattr(hub, "call", call)
    for name in ("OTHER_SECRET", "WANDB_API_KEY", "AWS_SECRET_ACCESS_KEY", "HF_TOKEN"):
        monkeypatch.setenv(name, "canary")
    with pytest.raises(DownloadError, match="cannot be understood"):
        describe(NAME)
    canaries = {name for name, value in passed[0].items() if value == "canary"}
    assert canaries == {"HF_TOKEN"}
    assert passed[0]["HF_HUB_DISABLE_TELEMETRY"] == "1"
    assert not Path(passed[0]["HF_HOME"]).exists()


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {key.lower(): value for key, value in headers.items()}


def test_a_home_that_cannot_be_written_is_told(
    stub: StubHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("EMBEDLIB_HOME", str(tmp_path / "file"))
    with pytest.raises(DownloadError, match="models folder must be writable, got Not a directory"):
        download(NAME)


def test_a_half_download_of_a_killed_server_makes_room_for_a_whole_one(stub: StubHub) -> None:
    half = downloads_folder(NAME) / stub.sha
    half.mkdir(parents=True)
    (half / "config.json").write_text("{")
    download(NAME)
    assert load(NAME, device="cpu").card.revision == stub.sha


def test_two_who_download_the_same_at_once_both_get_it(stub: StubHub) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(download(NAME))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert found == [NAME, NAME]
    assert [path.name for path in downloads_folder(NAME).iterdir()] == [stub.sha]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["model.safetensors"], {"model.safetensors"}),
        (["model.safetensors", "model.safetensors.index.json"], {"model.safetensors"}),
        (["model.safetensors", "model.fp16.safetensors", "a/model.safetensors"], None),
        (["model.safetensors", "a b.json", "é.json", ".x.json", "x" * 200 + ".json"], None),
        (["model.safetensors", "spiece.model", "vocab.txt"], {"spiece.model", "vocab.txt"}),
    ],
)
def test_only_settings_and_safetensors_of_the_top_folder_are_chosen(
    names: list[str], expected: set[str] | None
) -> None:
    files = tuple(offers.HubFile(name, 10, "", "") for name in names)
    chosen = {file.name for file in offers.choose("a", files)}
    assert chosen == (expected or set()) | {"model.safetensors"}
