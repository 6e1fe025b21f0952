"""PAGES: the table of pages; a new page is one row here and one script in `pages/`."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from embedlib.table import Table

FOLDER = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class PageRow:
    """One page.

    Args:
        title: In the navigation and as the page's title.
        question: The question that the page answers, one sentence under the title.
        icon: A Material symbol's name.
        help: How to read the page, in three sentences, in Markdown.
        sidebar: Which of the sidebar's choices do not matter on the page; "" where all do.
    """

    title: str
    question: str
    icon: str
    help: str
    sidebar: str = ""

    @property
    def material(self) -> str:
        return f":material/{self.icon}:"


PAGES: Table[PageRow] = Table(
    "page",
    {
        "explore": PageRow(
            "Explore",
            "Which texts does the model hold alike, at this layer and with this pooling?",
            "scatter_plot",
            "Every text becomes one point: the **vector** that you get from the chosen model, "
            "layer and pooling. The matrix shows the cosine similarity of each pair of texts "
            "(1 is the same direction); its colours mean the same on every layer. The map is the "
            "plane of greatest variance (PCA); its axes say how much of the variance they show, "
            "and what they do not show is lost.",
        ),
        "map": PageRow(
            "Map",
            "What does the model hold alike among thousands of texts, and can the picture be "
            "trusted?",
            "bubble_chart",
            "Each point is a text; points that stand near have vectors that are near, as far as "
            "two dimensions allow. **Click** a point: lines go to its nearest texts, solid where "
            "the map keeps them near, dashed where it tears them apart, dotted to points that "
            "are near only on the map. *Trust* says how much of this there is; distances between "
            "groups, and how dense they look, mean little.",
        ),
        "attention": PageRow(
            "Attention",
            "What does each head look at in a text, and what does that really add?",
            "grid_view",
            "Each small picture is one **head**: a row for each token that looks, a column for "
            "each token that is looked at; layers run down, heads across. **Weight** is how a "
            "head spreads its attention, **contribution** is how much each token really adds "
            "(the length of weight times transformed value): a large weight on a token that the "
            "head makes nothing of adds nothing. A weight is not an explanation: to see what a "
            "head is good for, switch it off.",
            sidebar="Here layer, pooling and prefix do not change the picture: every layer is "
            "shown. They count in the panels that compare vectors.",
        ),
        "layers": PageRow(
            "Layers",
            "Which layer and pooling tell my categories apart, and what is in the others?",
            "stacks",
            "Each cell is the **cross-validated score** of a small probe on the vectors of one "
            "layer and pooling: learned on some texts, tested on others, a text and its duplicate "
            "never on both sides. A star marks what cannot be told apart from the best; "
            "shuffled labels say what the same probe finds where there is nothing. Click a cell "
            "to use that layer and pooling on every page.",
        ),
        "train": PageRow(
            "Train",
            "How good a classifier do my labels give, and does fine-tuning pay?",
            "model_training",
            "Labelled rows become a **run**: a classifier beside simpler ones on the same split, "
            "with an interval beside each score. **Test rows** teach nothing and choose nothing, "
            "**validation rows** choose options and when to stop; the data doctor says first what "
            "is wrong with the rows. A run goes on when you leave, and stands in the list of runs.",
            sidebar="Here layer and pooling are those of class centroids and the linear probe; "
            "recipes that change the model read its last layer.",
        ),
        "models": PageRow(
            "Models",
            "Which models are on this machine, and which others can be had?",
            "deployed_code",
            "A model is used at once when it is on this machine. Others are downloaded only when "
            "you ask, after you have seen the size and the licence. Only safetensors weights are "
            "accepted, and no code from a model's folder is ever run.",
        ),
        "guide": PageRow(
            "Guide",
            "What do layers, poolings and similarities mean, and where do people go wrong?",
            "menu_book",
            "A short course on what this app shows, in the order in which one meets it.",
        ),
    },
)


def path_of(name: str) -> Path:
    """The script of page `name`; absolute, because the frame stands in another folder."""
    PAGES[name]
    return FOLDER / f"{name}.py"


def load_pages() -> None:
    """Import what every page imports, so that its first visitor does not wait for that."""
    for name in PAGES:
        for node in ast.parse(path_of(name).read_text("utf-8")).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                _load(node.module, [one.name for one in node.names])


def _load(module: str, names: Sequence[str]) -> None:
    """What `from module import names` does."""
    loaded = import_module(module)
    for name in names:
        if not hasattr(loaded, name):
            import_module(f"{module}.{name}")
