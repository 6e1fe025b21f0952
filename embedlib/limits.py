"""Every bound on size, time and memory: one row here, overridable by an environment variable.

`LIMITS["upload_bytes"].value` is the bound in force; EMBEDLIB_UPLOAD_BYTES changes it.
"""

import os
from dataclasses import dataclass

from embedlib.errors import LimitError, OptionError, shown
from embedlib.table import Table


@dataclass(frozen=True)
class Limit:
    """One bound.

    Args:
        name: The row's name; the variable is EMBEDLIB_<NAME>.
        default: Used when the variable is not set.
        unit: "bytes", "rows", "seconds", ...
        meaning: What it bounds, for the interface and the README.
    """

    name: str
    default: int
    unit: str
    meaning: str

    @property
    def variable(self) -> str:
        return f"EMBEDLIB_{self.name.upper()}"

    @property
    def value(self) -> int:
        """The bound in force.

        Raises:
            OptionError: If the variable is set to something that is no positive whole number.
        """
        text = os.environ.get(self.variable)
        if text is None:
            return self.default
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise OptionError(
                f"{self.variable} must be a positive whole number of {self.unit}, "
                f"got {shown(text)}.",
                f"Unset it for the default, {self.default}.",
            )
        return int(text)

    def check(self, number: int, what: str) -> None:
        """Refuse `number` of `unit` when it is over the bound.

        Raises:
            LimitError: Names `what`, the number, the bound and the variable that raises it.
        """
        if number > self.value:
            raise LimitError(
                f"{what} must be at most {self.value:,} {self.unit}, got {number:,}.",
                f"Use less, or set {self.variable} to raise the bound.",
            )


_ROWS = (
    Limit("upload_bytes", 50 * 2**20, "bytes", "size of an uploaded or read file"),
    Limit("rows", 200_000, "rows", "rows of a file, or texts in one request"),
    Limit("columns", 200, "columns", "columns of a file"),
    Limit(
        "wide_columns", 5_000, "columns", "columns of a file with those of a vector's dimensions"
    ),
    Limit("cells", 10_000_000, "fields", "fields of a file: rows times columns"),
    Limit("text_characters", 100_000, "characters", "length of one text"),
    Limit("pasted_characters", 1_000_000, "characters", "length of pasted text"),
    Limit("kept_characters", 200_000, "characters", "pasted text that survives a reload"),
    Limit("read_seconds", 20, "seconds", "processor time for reading one file"),
    Limit("read_memory_bytes", 4 * 2**30, "bytes", "memory for reading one file"),
    Limit("read_wall_seconds", 60, "seconds", "time on the clock for reading one file"),
    Limit("sheet_bytes", 128 * 2**20, "bytes", "size of a file's table once it is read"),
    Limit("store_bytes", 20 * 2**30, "bytes", "disk space for kept vectors"),
    Limit("store_results", 1_000, "results", "sets of texts whose vectors are kept"),
    Limit("text_table_bytes", 2 * 2**30, "bytes", "vectors kept for the scikit-learn transformer"),
    Limit("model_bytes", 8 * 2**30, "bytes", "size of a model to download or load"),
    Limit("loaded_models", 3, "models", "models held in memory at once"),
    Limit("vectors_bytes", 4 * 2**30, "bytes", "disk space for all poolings of one set of texts"),
    Limit("vector_dimensions", 16_384, "dimensions", "numbers in one ready-made vector"),
    Limit("space_texts", 30_000, "texts", "texts in a map in 3-D"),
    Limit("map_table_rows", 2_000, "rows", "texts in a table beside a map"),
    Limit("map_columns", 24, "columns", "columns that a map offers to colour by"),
    Limit("hdbscan_texts", 20_000, "texts", "texts grouped by HDBSCAN, which compares all pairs"),
    Limit("kmeans_texts", 200_000, "texts", "texts grouped by k-means"),
    Limit("matrix_texts", 400, "texts", "texts in a similarity matrix on screen"),
    Limit("map_texts", 20_000, "texts", "texts in a map on the Explore page"),
    Limit("map_seconds", 3_600, "seconds", "time on the clock for one map"),
    Limit("map_memory_bytes", 16 * 2**30, "bytes", "address space for making maps"),
    Limit("exact_points", 30_000, "points", "points whose neighbours are found by comparing all"),
    Limit("map_points", 1_000_000, "points", "vectors in one map"),
    Limit("honesty_points", 12_000, "points", "points of a map whose honesty is measured on all"),
    Limit("honesty_rows", 2_000, "points", "points measured of a map with more than that"),
    Limit("map_text_bytes", 24 * 2**20, "bytes", "texts that an interactive map shows on hovering"),
    Limit("map_categories", 5_000, "categories", "categories that an interactive map can colour"),
    Limit("map_marks", 2_000, "marks", "lines, stars or labels in an interactive map"),
    Limit("map_svg_points", 20_000, "points", "points that an SVG of a map draws as circles"),
    Limit("attention_tokens", 512, "tokens", "tokens in one attention map"),
    Limit("attention_bytes", 2**30, "bytes", "memory for the attention weights of one text"),
    Limit("attention_kept_bytes", 2**30, "bytes", "memory for attention maps that are kept"),
    Limit("flow_tokens", 32, "tokens", "tokens in an attention flow"),
    Limit("passport_texts", 200, "texts", "texts that the roles of heads are measured on"),
    Limit("probe_rows", 20_000, "rows", "labelled rows that categories are told apart on"),
    Limit("health_texts", 5_000, "texts", "texts that the health of a space is measured on"),
    Limit("word_rows", 10_000, "words", "tagged words that layers are scored on"),
    Limit("journey_texts", 60, "texts", "texts in which one word is followed through the layers"),
    Limit("mistake_texts", 64, "texts", "texts on which a mistake is made on purpose"),
    Limit("certificate_texts", 200, "texts", "texts that a numerical certificate is made on"),
    Limit("export_bytes", 2**30, "bytes", "size of an exported file"),
    Limit("categories", 1_000, "categories", "categories compared with one another"),
    Limit("queued_runs", 20, "runs", "training runs that wait for their turn"),
    Limit("trials", 100, "sets of options", "sets of options in one search"),
    Limit("labels", 2_000, "labels", "different labels that a classifier learns"),
    Limit("checkpoint_seconds", 120, "seconds", "training between two checkpoints in an epoch"),
    Limit("queued_jobs", 50, "jobs", "extractions and downloads that wait for their turn"),
    Limit("running_jobs", 4, "jobs", "extractions and downloads at once"),
)

LIMITS: Table[Limit] = Table("limit", {row.name: row for row in _ROWS})
