"""Results in memory: bounded by bytes, the least recently used go first."""

from dataclasses import dataclass

from embedlib.kept import Kept


@dataclass(frozen=True)
class Thing:
    n_bytes: int


def test_what_was_put_is_given_back_and_nothing_else() -> None:
    kept, thing = Kept(100), Thing(10)
    kept.put("a", thing)
    assert kept.get("a") is thing
    assert kept.get("b") is None


def test_beyond_the_bound_the_least_recently_used_go() -> None:
    kept = Kept(100)
    for name in "abc":
        kept.put(name, Thing(30))
    kept.get("a")
    kept.put("d", Thing(30))
    assert [name for name in "abcd" if kept.get(name)] == ["a", "c", "d"]
    assert kept.n_bytes == 90


def test_one_that_is_larger_than_the_bound_is_kept_alone() -> None:
    kept = Kept(100)
    kept.put("a", Thing(10))
    kept.put("b", Thing(1_000))
    assert (kept.get("a"), kept.n_bytes) == (None, 1_000)


def test_the_same_key_again_replaces_and_is_counted_once() -> None:
    kept = Kept(100)
    kept.put("a", Thing(60))
    kept.put("a", Thing(70))
    assert kept.n_bytes == 70
