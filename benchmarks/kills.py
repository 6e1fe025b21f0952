"""What is left of a training run that is killed, again and again, some times inside a save?

    python -m benchmarks.kills --data DATA [--kills 50] [--epochs 6] [--seed 0]

Full fine-tuning of the default model on a few rows of Banking77. Every other kill (signal 9 to the
child and all it started) waits until a checkpoint is being written, the rest come at any time.
After each the run must not stand as running, must read, and must resume. After ten it may reach its
end, with the weights and test scores of one that nobody disturbed; then the next run begins.
"""

import argparse
import os
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from benchmarks.training import rows_of
from embedlib.training import checkpoints, launch, runs
from embedlib.training.examples import Examples
from embedlib.training.runs import Run
from embedlib.training.settings import settings

POLL_SECONDS = 0.005
LONGEST_SECONDS = 20.0  # to the kill, from when the child has reported
KILLS_PER_RUN = 10


def new(examples: Examples, folder: Path, epochs: int) -> Run:
    """A run that has not begun."""
    options = {"epochs": epochs, "learning_rate": 1e-4, "patience": 0}
    made = settings(name="kills", recipe="full", options=options, seed=1, rungs=(), device="cpu")
    return runs.create(made, examples, folder)


def unfinished(run: Run) -> set[str]:
    """Names of the checkpoints that are being written, or that a kill left half written."""
    folder = run.folder / checkpoints.FOLDER
    return {path.name for path in folder.glob(".tmp-*")} if folder.is_dir() else set()


def kill(run: Run, chance: np.random.Generator, *, in_save: bool) -> str:
    """Kill the child of a run that trains; gives where it stood, "" when it was done before."""
    left = unfinished(run)
    end = time.monotonic() + (LONGEST_SECONDS if in_save else chance.uniform(0, LONGEST_SECONDS))
    while time.monotonic() < end and run.status().live and not (in_save and unfinished(run) - left):
        time.sleep(POLL_SECONDS)
    if in_save:
        time.sleep(chance.uniform(0, 0.1))
    status = run.status()
    if not status.live or status.pid is None:
        return ""
    where = "in a save" if unfinished(run) - left else status.stage or status.state
    os.killpg(status.pid, signal.SIGKILL)
    while run.status().live:
        launch.reap()
        time.sleep(POLL_SECONDS)
    after = run.status()
    if after.state != "interrupted":
        raise SystemExit(f"After a kill a run must be interrupted, got {after.state}.")
    run.curves(), run.examples(), checkpoints.newest(run.folder)  # all of it can be read
    return where


def same(one: Run, other: Run) -> bool:
    """Whether two runs ended with the same weights, bit by bit, and test scores."""
    mine, theirs = (load_file(run.model / "model.safetensors") for run in (one, other))
    equal = all(torch.equal(mine[name], theirs[name]) for name in mine) and len(mine) == len(theirs)
    scores = [(run.report() or {}).get("test") for run in (one, other)]
    return equal and scores[0] == scores[1] and scores[0] is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    chance = np.random.default_rng(asked.seed)
    examples = rows_of(asked.data, 6, 16)
    places: Counter[str] = Counter()
    n_runs = n_equal = 0
    with tempfile.TemporaryDirectory() as place:
        os.environ["EMBEDLIB_HOME"] = str(Path(place, "home"))
        whole = new(examples, Path(place, "whole"), asked.epochs)
        launch.start(whole)
        print("undisturbed:", launch.wait(whole).state, flush=True)
        while places.total() < asked.kills:
            run = new(examples, Path(place, f"run{n_runs}"), asked.epochs)
            launch.start(run)
            end = min(places.total() + KILLS_PER_RUN, asked.kills)
            while run.status().live and places.total() < end:
                if where := kill(run, chance, in_save=places.total() % 2 == 0):
                    places[where] += 1
                    print(f"kill {places.total()}: {where}", flush=True)
                    launch.resume(run)
            state = launch.wait(run).state
            n_runs, n_equal = n_runs + 1, n_equal + (state == "done" and same(run, whole))
            print(f"run {n_runs}: {state}, {n_equal} of {n_runs} as undisturbed", flush=True)
    print(
        f"{places.total()} kills: {dict(places)}; {n_equal} of {n_runs} runs ended as undisturbed"
    )
    if n_equal < n_runs:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
