"""The server: what `app.py` builds the app from: the frame, the warm-up, the readiness route.

`app.py` must not be the script that Streamlit executes: with a `pages/` folder beside the executed
script, a deep link as the first request to a fresh server skips that script.
"""

import gc
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from embedlib.ui.faults import on_script_error
from embedlib.ui.pages import load_pages

log = logging.getLogger("embedlib")
FRAME = Path(__file__).with_name("frame.py")
__all__ = ["FRAME", "ROUTES", "lifespan", "on_script_error"]
_warm = threading.Event()
_HERE = ("", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::")  # noqa: S104 - only compared


@asynccontextmanager
async def lifespan(_: "st.App") -> AsyncIterator[dict[str, object]]:
    """Say where the app is, and warm the default model while the server already answers."""
    print(f"Embedding Explorer: {address()}", flush=True)
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield {}


def address() -> str:
    """Where a browser on this machine finds the app: Streamlit's port is final by now.

    >>> address().startswith("http")
    True
    """
    from streamlit.web.server.server_util import get_url

    bound = str(st.get_option("server.address") or "")
    named = str(st.get_option("browser.serverAddress") or "localhost")
    # Where it listens on one address of the network only, localhost does not lead there.
    return get_url(bound if named == "localhost" and bound not in _HERE else named)


def _warm_up() -> None:
    """Load the default model, the sample's vectors and the maps' process, in that order.

    The server is ready once the model is: what draws maps takes longer and nobody waits for it
    who only embeds.
    """
    from embedlib.errors import EmbedlibError

    try:
        from embedlib.ui.attention import reading
        from embedlib.ui.work import warm_up

        warm_up()
        reading.warm_up()
    except EmbedlibError as error:  # the page says it again to whoever asks for the model
        log.warning("The default model could not be warmed: %s", error)
    except Exception:
        log.exception("Warming up failed")
    finally:
        _spare_the_collector()
        _warm.set()
    load_pages()
    _warm_up_maps()
    _spare_the_collector()


def _warm_up_maps() -> None:
    """Compile what lays maps out, in its own process and, for neighbours, in this one."""
    from embedlib.errors import EmbedlibError

    try:
        from embedlib.projection import compare_neighbours, place, worker
        from embedlib.ui.map.making import at_once_projection

        worker.warm()
        vectors = np.random.default_rng(0).standard_normal((64, 8)).astype(np.float32)
        points = at_once_projection(vectors)
        compare_neighbours(vectors, points.points, 0)
        place(points, vectors, vectors[:1])
    except EmbedlibError as error:
        log.warning("The process of the maps could not be warmed: %s", error)
    except Exception:
        log.exception("Warming up the maps failed")


def _spare_the_collector() -> None:
    """Leave what is loaded by now out of garbage collection.

    Streamlit collects all generations after each run of a script, which holds every thread, and
    with it the last messages to the browser: for a quarter of a second once torch and transformers
    are there, 440,000 objects that stay anyway, and for 40 ms with what maps and pages load.
    """
    gc.collect()
    gc.freeze()


async def _ready(_: Request) -> JSONResponse:
    return JSONResponse({"ready": _warm.is_set()}, status_code=200 if _warm.is_set() else 503)


ROUTES = [Route("/api/ready", _ready)]
