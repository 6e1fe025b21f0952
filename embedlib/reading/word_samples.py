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

# Names of people that are names of places too: only the context tells which. A name stands in as
# many sentences of one kind as of the other. The last four are several pieces to most tokenizers.
_PEOPLE = """
Paris laughed so loudly that the waiter turned round .
At the age of nine Paris could already read music .
Nobody had told Jordan about the surprise .
The coach thinks Jordan will recover before the final .
My grandmother Florence never trusted banks .
Florence and her twin sister opened a bakery .
Sydney forgot to feed the cat again .
The prize went to Sydney , who blushed .
Georgia wrote her thesis about moths .
I asked Georgia to marry me last spring .
Chelsea has studied law for six years .
The doctor told Chelsea to rest .
Austin plays the cello badly but with joy .
We could hear Austin snoring upstairs .
Victoria signed the letter with a green pen .
Her boss praised Victoria in front of everyone .
Lourdes mended the old radio by herself .
The children adore Lourdes and her stories .
Samara wants to become a surgeon .
They waited for Samara until midnight .
Whitby resigned from the board in anger .
Nobody believes Whitby any more .
Penrith owes me twenty pounds .
The judge asked Penrith to sit down .
"""
_PLACES = """
Paris lies on both banks of the river .
She dreams of a small flat in Paris .
The desert covers most of Jordan .
A bus took us through Jordan overnight .
Florence is full of tourists in July .
The museum in Florence closes at five .
Sydney has the largest harbour that I know .
Flights to Sydney take a whole day .
Georgia borders the sea in the west .
They grow peaches and nuts in Georgia .
Chelsea is too expensive for young families .
Rents in Chelsea went up once more .
Austin grew faster than any other city .
The festival in Austin was cancelled .
Victoria had its coldest winter in decades .
Fires destroyed many farms in Victoria .
Lourdes has more hotels than inhabitants .
A night train goes to Lourdes every Friday .
Samara stretches along the eastern bank .
The factory moved from Samara to the coast .
Whitby has an abbey above its harbour .
We ate fried fish in Whitby .
Penrith was flooded twice this winter .
The road to Penrith is closed .
"""


def _tagged(sentences: str, kind: str) -> list[str]:
    names = {"Paris", "Jordan", "Florence", "Sydney", "Georgia", "Chelsea", "Austin", "Victoria"}
    names |= {"Lourdes", "Samara", "Whitby", "Penrith"}
    return [
        "".join(f"{word}\t{f'B-{kind}' if word in names else 'O'}\n" for word in line.split())
        for line in sentences.strip().splitlines()
    ]


TAGGED_NAMES = "\n".join([*_tagged(_PEOPLE, "person"), *_tagged(_PLACES, "place")])
