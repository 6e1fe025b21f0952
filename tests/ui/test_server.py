"""The server around the pages: what is done once, before the first visitor."""

import gc

from embedlib.ui import server


def test_what_is_loaded_at_the_start_is_left_out_of_garbage_collection() -> None:
    before = gc.get_freeze_count()
    try:
        server._spare_the_collector()
        assert gc.get_freeze_count() > before + 10_000
        assert len(gc.get_objects()) < 10_000
    finally:
        gc.unfreeze()
