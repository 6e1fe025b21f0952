"""JOURNEYS: words that mean two things, each with texts; TAGGED_NAMES: tagged words, as CoNLL."""

from dataclasses import dataclass

from embedlib.table import Table


@dataclass(frozen=True)
class Journey:
    """A word with texts in which it means two things.

    Args:
        word: The word.
        texts: (text, sense) pairs.
    """

    word: str
    texts: tuple[tuple[str, str], ...]


JOURNEYS: Table[Journey] = Table(
    "journey",
    {
        "bank": Journey(
            "bank",
            (
                ("We pulled the canoe onto the muddy bank and ate our lunch.", "river"),
                ("Willows lean over the left bank where the stream bends.", "river"),
                ("An otter slid down the bank into the water.", "river"),
                ("The bank refused to extend the loan for another year.", "money"),
                ("She opened a savings account at the bank on Main Street.", "money"),
                ("The central bank raised its interest rate in June.", "money"),
            ),
        ),
        "apple": Journey(
            "apple",
            (
                ("She cut the apple into quarters and gave one to the horse.", "fruit"),
                ("An apple fell from the old tree behind the barn.", "fruit"),
                ("He baked the apple with cinnamon and brown sugar.", "fruit"),
                ("Apple presented a new phone in California this autumn.", "company"),
                ("Shares of Apple rose after the quarterly report.", "company"),
                ("The court ordered Apple to open its app store.", "company"),
            ),
        ),
        "打": Journey(
            "打",
            (
                ("拳击手一拳打在对手的下巴上。", "击打"),
                ("他气得举起手要打弟弟，被妈妈拦住了。", "击打"),
                ("请不要打人，有话好好说。", "击打"),
                ("到家以后记得给我打个电话。", "电话"),
                ("客服热线打了三次都没有人接。", "电话"),
                ("我每个星期天给奶奶打电话。", "电话"),
            ),
        ),
        "意思": Journey(
            "意思",
            (
                ("这个成语的意思我还是不太明白。", "含义"),
                ("请你解释一下这句话是什么意思。", "含义"),
                ("我不懂这个词的意思。", "含义"),
                ("这部电影真有意思，我想再看一遍。", "趣味"),
                ("他讲课很有意思，学生们从来不打瞌睡。", "趣味"),
                ("这个游戏没意思，我们换一个吧。", "趣味"),
            ),
        ),
    },
)

# Names of people that are names of places too: only the context tells which.
_NAMES = ("Paris", "Jordan", "Florence", "Sydney", "Georgia", "Chelsea", "Austin", "Victoria")
_SENTENCES = (
    ("{} laughed and closed the book .", "person"),
    ("My friend {} plays the violin .", "person"),
    ("Yesterday {} told us a story .", "person"),
    ("We flew to {} in early May .", "place"),
    ("The streets of {} were empty .", "place"),
    ("He rents a small flat in {} .", "place"),
)
TAGGED_NAMES = "\n".join(
    "".join(f"{name}\tB-{kind}\n" if word == "{}" else f"{word}\tO\n" for word in sentence.split())
    for name in _NAMES
    for sentence, kind in _SENTENCES
)
