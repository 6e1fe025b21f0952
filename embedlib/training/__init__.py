"""training: a labelled file becomes a classifier that one can trust; a run is a folder.

A new way to train is a row of `recipes.RECIPES`, a new kind of label a row of `tasks.TASKS`.

>>> from embedlib.training import launch, runs, settings, sources  # doctest: +SKIP
"""
