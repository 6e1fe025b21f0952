"""CHAPTERS: the words of the guide page; a new chapter is a title and a text here."""

import re

from embedlib.table import Table

_CHAPTERS = {
    "From text to vectors": (
        "A transformer does not read words. A tokenizer splits a text into **tokens** (pieces of "
        "words from a fixed vocabulary), puts **special tokens** such as [CLS] and [SEP] around "
        "them, and gives each an id. The **embedding layer** turns each id into a vector: that is "
        "**layer 0**. Each **block** then rewrites every token's vector in the light of the "
        "others: the output of block *i* is **layer *i***. There is one vector a token a layer; "
        "**pooling** makes one vector of a text out of them."
    ),
    "Which layer, which pooling": (
        "Sentence models are trained with one pooling on the last layer, and do best there: for "
        "all-MiniLM-L6-v2 that is the mean. A plain BERT was never trained to put a sentence into "
        "one vector: its author advises against [CLS] and for the mean of the last or the "
        "second-to-last layer. For named entities, the BERT paper found the last four layers side "
        "by side best of the frozen features (96.1 F1 against 94.9 for the last layer alone, "
        "CoNLL-2003 development set). In a **decoder** such as GPT-2 a token sees only what "
        "stands before it, so the last token or the position-weighted mean is the fair choice."
    ),
    "Which layer for my data": (
        "The **Layers** page answers it by measuring: a small probe (logistic regression) learns "
        "your categories from the vectors of one layer and pooling on nine tenths of the texts "
        "and is tested on the rest, in turn (**cross-validation**). A text and its duplicate "
        "never stand on both sides, or the probe would only remember. The same probe on "
        "**shuffled labels** says what it finds where there is nothing. Folds share most of "
        "their training texts, so intervals and tests are widened for it (Nadeau and Bengio "
        "2003); a star marks every cell that cannot be told apart from the best. With few "
        "texts that is most of them: then take the simplest. With all-MiniLM-L6-v2 the last "
        "layer's mean is unbeaten for intents (Banking77) and topics (SIB-200), but 0.025 behind "
        "the last four layers side by side for the polarity of film reviews."
    ),
    "What is wrong with a space": (
        "In many layers all vectors point roughly one way (**anisotropy**), a few **dominant "
        "dimensions** decide every cosine, and a few **hubs** are everybody's neighbours. "
        "**Centring** takes off what all texts share; taking off the **top components** removes "
        "length or frequency; **whitening** gives all directions the same weight and needs many "
        "texts. The page shows what each does to neighbours and scores before you use it."
    ),
    "Reading a similarity": (
        "**Cosine similarity** compares directions: 1 is the same, 0 is at right angles. What "
        "counts as high depends on the model and the layer, because in many layers *all* vectors "
        "point roughly the same way (anisotropy). So the curve through the layers is always drawn "
        "beside the mean of random pairs: a similarity says something only by how far it stands "
        "above that line."
    ),
    "Reading a map": (
        "A map shows hundreds of dimensions in two, and loses most of them. **PCA** keeps "
        "the directions of greatest variance: exact, but groups may lie on top of one another. "
        "**UMAP** and **t-SNE** keep near texts near and let the rest go: *which* texts stand "
        "together means something; how far two groups lie apart, how large or how dense they look "
        "means little. So a map comes with its own witnesses. Each text's **true neighbours** are "
        "found among the vectors; *Trust* says what share of them the map keeps, beside PCA and a "
        "random layout. **Click** a text and lines show which neighbours are kept, torn apart or "
        "only seem near. Another **seed** gives another map: what changes was chance. Groups are "
        "found among the vectors and scored there, never on the picture."
    ),
    "Is it meaning, or something dull?": (
        "A model may put texts together because they are equally long, cut, or copies. Under "
        "*Trust* the map is held against such things, and it can be coloured by them. *Guided by "
        "labels* pulls each label together whatever the vectors say: a fine picture, and no "
        "evidence. To compare two layers or models, do not compare two pictures: *Compare* counts "
        "how many of each text's nearest texts are the same, and lists the texts that moved most."
    ),
    "Can a classifier's score be trusted": (
        "A score is worth what its **test rows** are worth: rows that taught nothing and chose "
        "nothing. That is why the **Train** page draws them first, keeps rows that say the same on "
        "one side, and looks for leaks. **Validation rows** choose options and when to stop, so "
        "their score flatters. With few test rows a score is a guess: look at its **interval**. "
        "And a score says little alone. The **ladder** puts simpler ways beside it on the same "
        "rows: the largest label, TF-IDF, class centroids, a linear probe. If fine-tuning is not "
        "above the probe by more than the paired interval, it bought nothing. With many labels of "
        "uneven size read **macro F1**, where a rare label counts as much as a common one."
    ),
    "What is cut": (
        "A model reads a bounded number of tokens: 256 for all-MiniLM-L6-v2. What is over is cut, "
        "silently in most libraries. Here it is counted under *Cut texts*, and a long text can be "
        "read in **windows** instead, whose vectors are averaged by token count."
    ),
    "Reading attention": (
        "In each block a token makes a **query** and every token a **key**; their products, put "
        "through a softmax, are the **weights** of a head: how much of each token's **value** it "
        "takes in. Each row of weights sums to one, because a head must look somewhere.\n\n"
        "**What a weight is not.** It is not how much a token matters for the answer. A head that "
        "has nothing to do still spends its row, in BERT on [SEP], in decoders on the first "
        "token; and what it takes from there is nearly nothing, for the value it makes of that "
        "token is short. Clark et al. (2019) found half of the attention of some layers of BERT "
        "on [SEP]; Kobayashi et al. (2020) measured the length of *weight times transformed "
        "value*, here called **contribution**, and most of that vanished. Switch between the two "
        "on the Attention page; the sentence above the picture says what special tokens receive "
        "by each.\n\n"
        "**What a contribution is not.** It is the length of a vector that a head adds: two heads "
        "can add opposite vectors, and the residual connection carries each token past the head "
        "anyway. In BERT-base about four fifths of what a block hands on is the token itself "
        "(Kobayashi et al. 2021). **Rollout** and **flow** trace attention through all layers "
        "under an assumption about that share, and agree only weakly with gradients. What a head "
        "is good for shows when it is **switched off**.\n\n"
        "**Merging pieces into words** sums what goes *to* the pieces and averages what comes "
        "*from* them, so that rows still sum to one. **Hiding special tokens** leaves rows that "
        "sum to less, unless they are rescaled, which makes small rests look large: the page says "
        "which it does. And a pattern that the same network shows with **random weights** was "
        "not learned."
    ),
    "Five errors seen in tutorials": (
        "1. **Pooling without the mask.** Texts in a batch are padded to the same length; "
        "averaging over the padding changes the vector with whatever else is in the batch.\n"
        "2. **`BertModel(...).loss`.** The plain model has no head and no loss; a classifier is "
        "`BertForSequenceClassification`.\n"
        "3. **`argmax(dim=2)` on a sequence classifier's logits.** They have two dimensions, "
        "(text, class); three is for token classification, (text, token, class).\n"
        "4. **Padding everything to 512.** Most of the time is then spent on nothing; here texts "
        "of equal length share a batch.\n"
        "5. **Calling BERT causal.** Its tokens see both sides; it is trained to fill in masked "
        "words. GPT is causal."
    ),
}

CHAPTERS: Table[str] = Table("chapter", _CHAPTERS)


def anchor(title: str) -> str:
    """A title as the page's address writes it after #.

    >>> anchor("Which layer, which pooling")
    'which-layer-which-pooling'
    """
    return "-".join(re.findall(r"\w+", title.lower()))
