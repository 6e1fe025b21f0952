"""Names that columns go by in the wild; a further one is a word in one of the tuples."""

import re
import unicodedata
from collections.abc import Sequence

TEXT_NAMES = (
    *("text", "texts", "sentence", "sentences", "content", "body", "message", "question", "query"),
    *("utterance", "review", "comment", "document", "passage", "paragraph", "tweet", "post"),
    *("abstract", "description", "answer", "response", "title", "headline", "prompt", "input"),
    *("sentence1", "premise", "tokens", "word", "phrase", "summary", "note", "feedback"),
    *(
        "文本",
        "句子",
        "内容",
        "正文",
        "评论",
        "评价",
        "问题",
        "标题",
        "描述",
        "消息",
        "语句",
        "原文",
        "摘要",
    ),
    *(
        "內容",
        "句",
        "評論",
        "問題",
        "標題",
        "テキスト",
        "文",
        "文章",
        "本文",
        "텍스트",
        "문장",
        "내용",
    ),
    *("texte", "phrase", "texto", "frase", "satz", "testo", "текст", "предложение", "نص", "النص"),
)
LABEL_NAMES = (
    *("label", "labels", "category", "categories", "class", "intent", "sentiment", "topic"),
    *("target", "tag", "emotion", "polarity", "rating", "stars", "score", "group", "type", "genre"),
    *("sense", "gold", "y", "language", "lang", "department", "status"),
    *("标签", "类别", "分类", "类型", "情感", "意图", "主题", "情绪", "标注", "语言", "词义"),
    *("標籤", "類別", "分類", "ラベル", "カテゴリ", "라벨", "레이블", "카테고리"),
    *("étiquette", "etiqueta", "kategorie", "klasse", "categoria", "метка", "класс", "категория"),
)
OTHER_NAMES = (
    *("id", "index", "idx", "row", "no", "number", "date", "time", "timestamp", "created_at"),
    *("user", "author", "name", "email", "url", "link", "source", "split", "lang", "language"),
    *(
        "word",
        "span",
        "start",
        "end",
        "pair_id",
        "编号",
        "序号",
        "日期",
        "时间",
        "来源",
        "姓名",
        "作者",
    ),
)
_NUMBERED = {"id", "ids", "idx", "index", "date", "time", "url", "length", "len", "count"}
_WORDS = re.compile(r"[\W_]+")


def folded(name: str) -> str:
    """A name as it is compared: compatibility form, lower case, no outer space."""
    return unicodedata.normalize("NFKC", name).casefold().strip()


def is_known(name: str) -> bool:
    """Whether a first line that holds `name` can only hold column names."""
    return folded(name) in _KNOWN


def is_label_name(name: str) -> bool:
    """Whether a column of this name can only be a label."""
    return folded(name) in LABEL_NAMES


def match(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """The column that goes by one of `names`: as a whole, or else as a word in it, earliest first.

    >>> match(["id", "review_text"], TEXT_NAMES)
    'review_text'
    """
    whole: dict[str, str] = {}
    words: dict[str, str] = {}
    for column in columns:
        whole.setdefault(folded(column), column)
        parts = _WORDS.split(folded(column))
        for word in parts if _NUMBERED.isdisjoint(parts) else ():
            words.setdefault(word, column)
    for known in (whole, words):
        for name in names:
            if name in known:
                return known[name]
    return None


_KNOWN = {folded(name) for name in (*TEXT_NAMES, *LABEL_NAMES, *OTHER_NAMES)} - {"y", "no", "文"}
