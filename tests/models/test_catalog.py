from embedlib.models import CATALOG, DEFAULT, catalog_row, check_name
from embedlib.pooling import POOLINGS


def test_the_bundled_model_comes_first() -> None:
    assert next(iter(CATALOG)) == DEFAULT == "all-MiniLM-L6-v2"


def test_every_row_is_complete_and_can_be_asked_for() -> None:
    for name, row in CATALOG.items():
        assert row.name == name
        assert check_name(name) == name
        assert check_name(row.hub_name).count("/") == 1
        assert row.pooling in POOLINGS
        assert row.licence and row.languages and row.note.endswith(".")
        assert 10**6 < row.parameters < row.download_bytes < 10**10
        assert row.max_tokens >= 128
        assert all(prefix.strip() for prefix in row.prefixes)


def test_a_row_is_found_by_any_of_its_names() -> None:
    row = CATALOG["google-bert/bert-base-uncased"]
    for name in (row.name, "bert-base-uncased", "Google-BERT/BERT-base-uncased"):
        assert catalog_row(name) is row
    assert catalog_row("sentence-transformers/all-MiniLM-L6-v2") is CATALOG[DEFAULT]
    assert catalog_row("someone/bert-base-uncased") is None
