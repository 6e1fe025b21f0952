import json
import logging
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoConfig, AutoModel, AutoTokenizer, BertForMaskedLM, GPT2LMHeadModel

from embedlib.errors import UnsafeModelError, UnsupportedModelError
from embedlib.models import DEFAULT, Encoder, load, places
from embedlib.models.architectures import ARCHITECTURES
from embedlib.models.safety import INDEX, WEIGHTS
from tests import tiny
from tests.models.folders import change, save

TEXTS = ["the river bank", "a dog runs fast to the sea."]


def load_folder(folder: Path, **how: Any) -> Encoder:
    return load(folder.name, models_dir=folder.parent, device="cpu", **how)


def hidden(encoder: Encoder, text: str) -> torch.Tensor:
    """(layer, token, dim) of a text."""
    ids = torch.tensor([encoder.tokenizer(text)["input_ids"]])
    with torch.inference_mode():
        found = encoder.model(input_ids=ids, output_hidden_states=True).hidden_states
    return torch.cat(found)


@pytest.mark.parametrize("model_type", tiny.ARCHITECTURES)
def test_a_saved_model_gives_the_same_numbers(model_type: str, tmp_path: Path) -> None:
    made = tiny.encoder(model_type)
    loaded = load_folder(save(tmp_path / "mine", model_type))
    for text in TEXTS:
        torch.testing.assert_close(hidden(loaded, text), hidden(made, text), rtol=1e-5, atol=1e-6)
    card, expected = loaded.card, made.card
    assert (card.model_type, card.causal) == (expected.model_type, expected.causal)
    assert (card.n_layers, card.n_heads, card.dim) == (3, 2, 16)
    assert card.max_tokens == tiny.MOST
    assert not loaded.model.training
    assert not any(parameter.requires_grad for parameter in loaded.model.parameters())


_SHAPE: dict[str, Any] = {
    **{"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "vocab_size": 100},
    **{"intermediate_size": 32, "max_position_embeddings": 64},
    **{"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3},
}
_OTHERS: dict[str, dict[str, Any]] = {
    "camembert": _SHAPE,
    "gpt_neo": {
        **{"hidden_size": 16, "num_layers": 2, "num_heads": 2, "vocab_size": 100},
        **{"intermediate_size": 32, "max_position_embeddings": 64},
        "attention_types": [[["global", "local"], 1]],
    },
    "gpt_neox": _SHAPE,
    "opt": _SHAPE | {"ffn_dim": 32, "word_embed_proj_dim": 16},
    **{
        name: _SHAPE | {"num_key_value_heads": 1, "head_dim": 8}
        for name in ("mistral", "qwen3", "gemma", "gemma2", "gemma3_text", "smollm3")
    },
    **{name: _SHAPE | {"num_key_value_heads": 1} for name in ("phi", "phi3")},
}


@pytest.mark.parametrize("model_type", ARCHITECTURES)
def test_every_architecture_of_the_table_can_be_read(model_type: str, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    if model_type in tiny.ARCHITECTURES:
        save(folder, model_type)
    else:
        config = AutoConfig.for_model(model_type, **_OTHERS[model_type])
        AutoModel.from_config(config).save_pretrained(folder)
        tiny.tokenizer().save_pretrained(folder)
    loaded = load_folder(folder)
    ids = torch.tensor([[5, 6, 7, 8, 9]])
    with torch.inference_mode():
        before = loaded.model(input_ids=ids).last_hidden_state
        after = loaded.model(input_ids=ids.clone().index_fill_(1, torch.tensor(4), 20))
    changed = not torch.allclose(before[0, 0], after.last_hidden_state[0, 0], atol=1e-6)
    assert loaded.card.causal == (not changed)  # a causal model's first token sees nothing later
    longest = torch.full((1, loaded.card.most_tokens), 7)
    with torch.inference_mode():
        assert loaded.model(input_ids=longest).last_hidden_state.shape[1] == longest.shape[1]


@pytest.mark.parametrize("model_type", tiny.ARCHITECTURES)
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_a_number_format_gives_what_transformers_gives(
    model_type: str, dtype: str, tmp_path: Path
) -> None:
    folder = save(tmp_path / "mine", model_type)
    loaded = load_folder(folder, dtype=dtype)
    expected = AutoModel.from_pretrained(folder, dtype=getattr(torch, dtype)).eval()
    assert loaded.card.dtype == dtype
    assert loaded.model.dtype == expected.dtype
    of_expected = dict(expected.named_parameters()) | dict(expected.named_buffers())
    of_loaded = dict(loaded.model.named_parameters()) | dict(loaded.model.named_buffers())
    for name, tensor in of_loaded.items():
        assert tensor.dtype == of_expected[name].dtype, name
        assert torch.equal(tensor, of_expected[name]), name
    ids = torch.tensor([loaded.tokenizer(TEXTS[1])["input_ids"]])
    with torch.inference_mode():
        one, other = (model(input_ids=ids).last_hidden_state for model in (loaded.model, expected))
    assert torch.equal(one, other)


def test_a_half_precision_checkpoint_is_raised_to_float32(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine")
    tensors = load_file(folder / WEIGHTS)
    save_file({name: t.bfloat16() for name, t in tensors.items()}, folder / WEIGHTS)
    change(folder / "config.json", dtype="bfloat16")
    loaded = load_folder(folder)
    assert loaded.card.dtype == "float32"
    assert {parameter.dtype for parameter in loaded.model.parameters()} == {torch.float32}


def test_loading_leaves_the_default_number_format_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.dtype] = []
    real = torch.set_default_dtype
    monkeypatch.setattr(torch, "set_default_dtype", lambda d: (seen.append(d), real(d))[1])
    load_folder(save(tmp_path / "mine"), dtype="bfloat16")
    assert set(seen) <= {torch.float32}


def test_shards_give_the_same_numbers(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine", max_shard_size="8KB")
    assert (folder / INDEX).is_file()
    loaded = load_folder(folder)
    assert len(list(folder.glob("model-*.safetensors"))) > 1
    torch.testing.assert_close(hidden(loaded, TEXTS[0]), hidden(tiny.encoder(), TEXTS[0]))
    whole = load_folder(save(tmp_path / "whole"))
    assert len(loaded.card.weights_sha256) == 64
    assert loaded.card.weights_sha256 != whole.card.weights_sha256


def test_the_hub_cache_is_read(tmp_path: Path) -> None:
    sha, older = "1" * 40, "2" * 40
    repository = tmp_path / "hf" / "hub" / "models--org--mine"
    for commit, model_type in ((older, "bert"), (sha, "distilbert")):
        saved = save(tmp_path / commit, model_type)
        snapshot = repository / "snapshots" / commit
        snapshot.mkdir(parents=True)
        blobs = repository / "blobs"
        blobs.mkdir(exist_ok=True)
        for file in saved.iterdir():
            shutil.copy(file, blobs / f"{commit}-{file.name}")
            (snapshot / file.name).symlink_to(f"../../blobs/{commit}-{file.name}")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(sha)
    card = load("org/mine", device="cpu").card
    assert (card.name, card.source, card.revision) == ("org/mine", "hub", sha)
    assert card.model_type == "distilbert"


def test_a_language_model_head_is_left_out(tmp_path: Path) -> None:
    for name, maker, model_type in (
        ("masked", BertForMaskedLM, "bert"),
        ("causal", GPT2LMHeadModel, "gpt2"),
    ):
        torch.manual_seed(1)
        whole = maker(tiny.encoder(model_type).model.config)
        whole.save_pretrained(tmp_path / name)
        tiny.tokenizer().save_pretrained(tmp_path / name)
        loaded = load_folder(tmp_path / name)
        for key, tensor in loaded.model.state_dict().items():
            assert torch.equal(tensor, getattr(whole, whole.base_model_prefix).state_dict()[key])


def test_weights_that_lack_a_block_are_refused_and_named(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine")
    tensors = load_file(folder / WEIGHTS)
    kept = {name: t for name, t in tensors.items() if "layer.1." not in name}
    save_file(kept, folder / WEIGHTS)
    with pytest.raises(
        UnsupportedModelError, match=r"without encoder\.layer\.1\..* and 13 more\. These would be"
    ):
        load_folder(folder)


def test_weights_of_another_size_than_the_settings_say_are_refused(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine")
    change(folder / "config.json", intermediate_size=64)
    with pytest.raises(UnsupportedModelError, match="could not be loaded"):
        load_folder(folder)


@pytest.mark.parametrize(
    "values",
    [
        {"num_attention_heads": 3},
        {"hidden_act": "evil"},
        {"layer_norm_eps": "x"},
        {"vocab_size": 200},
        {"max_position_embeddings": 100},
        {"num_hidden_layers": 4},
        {"hidden_size": 18},
        {"id2label": 3},
    ],
)
def test_settings_that_make_no_sense_end_in_words(tmp_path: Path, values: dict[str, Any]) -> None:
    folder = save(tmp_path / "mine")
    change(folder / "config.json", **values)
    with pytest.raises(UnsupportedModelError) as caught:
        load_folder(folder)
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize(
    "values",
    [
        {"num_hidden_layers": 900},
        {"hidden_size": 10**6},
        {"intermediate_size": 10**6},
        {"vocab_size": 10**7},
        {"max_position_embeddings": 10**7},
    ],
)
def test_settings_of_a_far_larger_model_take_no_memory(
    tmp_path: Path, values: dict[str, int]
) -> None:
    folder = save(tmp_path / "mine")
    change(folder / "config.json", **values)
    with pytest.raises(UnsupportedModelError, match="with the settings of a far larger one"):
        load_folder(folder)


def test_an_opt_with_outer_projections_cannot_be_read_layer_by_layer(tmp_path: Path) -> None:
    config = AutoConfig.for_model(
        "opt",
        hidden_size=16,
        word_embed_proj_dim=8,
        num_hidden_layers=2,
        num_attention_heads=2,
        ffn_dim=32,
        vocab_size=100,
        max_position_embeddings=64,
    )
    AutoModel.from_config(config).save_pretrained(tmp_path / "mine")
    tiny.tokenizer().save_pretrained(tmp_path / "mine")
    with pytest.raises(UnsupportedModelError, match="must give 3 layers of 16 dimensions"):
        load_folder(tmp_path / "mine")


def test_a_model_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine")
    for file in folder.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(UnsupportedModelError, match=r"got mine without tokenizer\.json"):
        load_folder(folder)


def test_a_tokenizer_of_another_model_is_refused(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine")
    content = json.loads((folder / "tokenizer.json").read_text())
    vocabulary = content["model"]["vocab"]
    vocabulary |= {f"word{n}": len(vocabulary) + n for n in range(50)}
    (folder / "tokenizer.json").write_text(json.dumps(content))
    with pytest.raises(UnsupportedModelError, match="must know all words of its tokenizer, got 1"):
        load_folder(folder)


def test_a_slow_tokenizer_is_refused(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine")
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.json").write_text(json.dumps({"a": 0, "b": 1}))
    change(folder / "tokenizer_config.json", tokenizer_class="CTRLTokenizer")
    (folder / "merges.txt").write_text("#version\na b\n")
    with pytest.raises(UnsupportedModelError, match=r"must be a fast one .*CTRLTokenizer"):
        load_folder(folder)


def test_a_tokenizer_without_a_padding_token_works(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine", "gpt2")
    content = json.loads((folder / "tokenizer_config.json").read_text())
    del content["pad_token"]
    (folder / "tokenizer_config.json").write_text(json.dumps(content))
    loaded = load_folder(folder)
    assert loaded.tokenizer.pad_token is None
    assert loaded.tokenizer(["a", "the river"])["input_ids"]


def test_files_that_the_tokenizer_settings_name_are_not_opened(tmp_path: Path) -> None:
    folder = save(tmp_path / "mine")
    secret = tmp_path / "secret.json"
    shutil.copy(folder / "tokenizer.json", secret)
    content = json.loads(secret.read_text())
    content["model"]["vocab"]["stolen"] = 100
    secret.write_text(json.dumps(content))
    names = ("tokenizer_file", "vocab_file", "merges_file", "special_tokens_map_file", "spm_file")
    change(folder / "tokenizer_config.json", **dict.fromkeys(names, str(secret)))
    loaded = load_folder(folder)
    assert "stolen" not in loaded.tokenizer.get_vocab()


def test_the_bundled_model_is_the_default() -> None:
    encoder = load(device="cpu")
    card = encoder.card
    assert (card.name, card.source, card.model_type) == (DEFAULT, "bundled", "bert")
    assert (card.n_layers, card.n_heads, card.dim) == (6, 12, 384)
    assert (card.max_tokens, card.most_tokens, card.causal) == (256, 512, False)
    assert card.weights_sha256 == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )
    assert encoder.model.config._attn_implementation == "sdpa"
    assert load("sentence-transformers/all-MiniLM-L6-v2", device="cpu") is encoder


def test_the_bundled_model_equals_a_plain_load() -> None:
    encoder = load(device="cpu")
    folder = places.find().folder
    plain = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    batch = AutoTokenizer.from_pretrained(folder)("A bank by the river.", return_tensors="pt")
    with torch.inference_mode():
        expected = plain(**batch, output_hidden_states=True).hidden_states
        found = encoder.model(**batch, output_hidden_states=True).hidden_states
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(one, other)


def test_bundled_weights_with_a_wrong_hash_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / places.PACKAGE
    save(package / "model")
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    with pytest.raises(UnsafeModelError, match=r"must have the SHA-256 53aa5117.*, got [0-9a-f]"):
        load(device="cpu")


def test_loading_is_silent_and_opens_no_socket(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = save(tmp_path / "mine")
    capfd.readouterr()

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    level = logging.getLogger("transformers").level
    load_folder(folder)
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("transformers").level == level


def test_what_decides_the_numbers_is_in_the_fingerprint(tmp_path: Path) -> None:
    first = load_folder(save(tmp_path / "first")).card
    same = load_folder(save(tmp_path / "same")).card
    assert first.fingerprint == same.fingerprint
    other = save(tmp_path / "other")
    change(other / "config.json", layer_norm_eps=1e-3)
    assert load_folder(other).card.fingerprint != first.fingerprint
    assert load_folder(tmp_path / "first", dtype="bfloat16").card.fingerprint != first.fingerprint
