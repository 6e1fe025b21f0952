"""The child process that parses a person's file: `python -m embedlib.reading.child`.

No pandas here: the child starts anew for every file. What it answers is `wire.reply_of`.
"""

import sys
from importlib.abc import MetaPathFinder

from embedlib.reading.wire import reply_of
from embedlib.workers import answer


class _NoPandas(MetaPathFinder):
    """Keeps pyarrow from importing pandas, as it does for every list that it is given: 0.3 s."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


if __name__ == "__main__":
    sys.meta_path.insert(0, _NoPandas())
    answer(reply_of)
