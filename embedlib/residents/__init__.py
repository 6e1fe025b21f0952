"""Child processes that stay: warmed once, then asked one thing at a time, replaced if they die.

A new one is a module that ends with `if __name__ == "__main__": serve(steps, reply)`, and a
`Resident("its.module", ...)` in the parent. It ends with its parent, however that ends.
"""

from embedlib.residents.resident import Resident
from embedlib.residents.serving import Show, serve

__all__ = ["Resident", "Show", "serve"]
