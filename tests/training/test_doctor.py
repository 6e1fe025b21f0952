"""The doctor finds what is there, its remedies remove it, and clean rows stay as they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedlib.errors import OptionError
from embedlib.training.doctor import (
    CHECKS,
    REMEDIES,
    apply,
    apply_all,
    examine,
    refuse,
    token_lengths,
)
from embedlib.training.doctor.likeness import alike, looks, mended, reads
from embedlib.training.examples import Examples
from tests import tiny


def rows(texts, labels, parts=(), **more) -> Examples:
    return Examples(tuple(texts), tuple(labels), tuple(range(len(texts))), tuple(parts), **more)


def clean(n: int = 60) -> tuple[list[str], list[str]]:
    return [f"sentence with number {i} in it" for i in range(n)], ["good", "bad"] * (n // 2)


def found(examples, check):
    return [finding for finding in examine(examples) if finding.check == check]


def test_clean_rows_have_no_findings():
    assert examine(rows(*clean())) == []


SICK = {
    "unlabelled": lambda t, y: rows(t, ["", *y[1:]]),
    "one_label": lambda t, y: rows(t, ["same"] * len(t)),
    "label_is_text": lambda t, y: rows(t, [x.upper() for x in t]),
    "label_is_id": lambda t, y: rows(t, [f"id-{i}" for i in range(len(t))]),
    "label_is_number": lambda t, y: rows(t, [str(i // 2 / 10) for i in range(len(t))]),
    "text_is_id": lambda t, y: rows([f"TX-{i:05}" for i in range(len(t))], y),
    "damaged": lambda t, y: rows(["cafÃ© number one", *t[1:]], y),
    "spelling": lambda t, y: rows(t, [" Good", *y[1:]]),
    "contradictions": lambda t, y: rows([t[1], *t[1:]], y),
    "duplicates": lambda t, y: rows([t[2] + " ", *t[1:]], y),
    "leaks": lambda t, y: rows([t[2], *t[1:]], y, ["test"] + ["train"] * (len(t) - 1)),
    "unknown_labels": lambda t, y: rows(t, ["new", *y[1:]], ["test"] + ["train"] * (len(t) - 1)),
    "rare": lambda t, y: rows(t, ["odd", *y[1:]]),
    "uneven": lambda t, y: rows(t, ["bad"] * 5 + ["good"] * (len(t) - 5)),
    "few_rows": lambda t, y: rows(t[:20], y[:20]),
    "malformed_tags": lambda t, y: Examples(
        tuple(t),
        (),
        tuple(range(len(t))),
        words=(("a", "b"),) * len(t),
        tags=(("I-x", "O"), *((("B-x", "I-x"), ("O", "O")) * len(t))[: len(t) - 1]),
    ),
}


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_finds_its_own_illness_and_its_remedy_cures_it(check):
    sick = SICK[check](*clean())
    (finding,) = found(sick, check)
    assert finding.words and (finding.rows or check in ("uneven", "few_rows"))
    if finding.remedy:
        texts_before, labels_before = sick.texts, sick.labels
        after, done = apply(sick, finding)
        assert found(after, check) == []
        assert (sick.texts, sick.labels) == (texts_before, labels_before)
        assert (done.rows_before, done.rows_after) == (len(sick), len(after))
        assert REMEDIES[done.remedy].label


def test_what_no_remedy_helps_is_refused_in_words():
    texts, labels = clean()
    refuse(rows(texts, ["", *labels[1:]]))  # there is a remedy for this
    for check in ("one_label", "label_is_text", "label_is_id"):
        with pytest.raises(OptionError, match=r"label"):
            refuse(SICK[check](texts, labels))


def test_every_remedy_is_offered_by_some_check():
    offered = {f.remedy for check in CHECKS for f in found(SICK[check](*clean()), check)}
    assert offered - {""} == set(REMEDIES)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["one", "One ", "two", "cafÃ©", "café", "\ufffd", "7", "x y"]),
            st.sampled_from(["a", "A", "а", "b", "1", "1.0", ""]),
            st.sampled_from(["train", "test", "validation"]),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_no_rows_make_the_doctor_fail_and_remedies_come_to_an_end(triples):
    sick = rows(*zip(*triples, strict=True))
    examine(sick)
    cured, done = apply_all(sick)
    assert len(done) <= len(CHECKS)
    assert set(zip(cured.rows, strict=True)) <= set(zip(sick.rows, strict=True))
    assert not found(cured, "unlabelled") and not found(cured, "spelling")


def test_a_majority_stays_and_a_tie_goes():
    texts, labels = clean()
    sick = rows([*["same"] * 3, *["other"] * 2, *texts], ["a", "a", "b", "a", "b", *labels])
    after, _ = apply(sick, found(sick, "contradictions")[0])
    assert after.rows[:2] == (0, 1) and after.texts[2] == texts[0]


def test_labels_that_look_the_same_are_grouped_with_the_largest_first():
    assert looks("Card  Arrival") == looks("card_arrival") and looks("caf\u00e9") == looks(
        "cafe\u0301"
    )
    assert alike(["a", "а", "b"]) == [["a", "а"]]  # Latin and Cyrillic
    assert looks("1.0") == looks("1") != looks("1.5")
    texts, labels = clean()
    (finding,) = found(rows(texts, ["GOOD", *labels[1:]]), "spelling")
    assert finding.merges == (("GOOD", "good"),) and finding.count == 1
    spaced = ["sport " if label == "good" else label for label in labels]
    (finding,) = found(rows(texts, ["sport", *spaced[1:]]), "spelling")
    assert finding.merges == (("sport ", "sport"),)  # the larger spelling, without its space
    assert "to become 'sport'" in finding.words


@given(st.text(max_size=40))
def test_only_text_that_was_misread_is_mended(text):
    try:
        misread = text.encode("utf-8").decode("cp1252")
    except UnicodeError:
        return
    if (again := mended(misread)) is not None:
        assert again == text
    assert reads(f" {text}\n") == reads(text)


def test_lengths_are_those_of_the_tokenizer_with_its_special_tokens():
    texts = ("the dog", "a river bank of money")
    plain = tiny.tokenizer()
    expected = [len(plain(text)["input_ids"]) for text in texts]
    assert token_lengths(tiny.encoder(), rows(texts, "ab")).tolist() == expected
    pairs = rows(texts, "ab", pairs=texts[::-1])
    both = [len(plain(a, b)["input_ids"]) for a, b in zip(texts, texts[::-1], strict=True)]
    assert token_lengths(tiny.encoder(), pairs).tolist() == both
    long = rows(["dog " * 100], ["a"])
    assert token_lengths(tiny.encoder(), long).tolist() == [102]
