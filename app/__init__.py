"""Jiesu (接诉即办): a citizen's request finds its street, is worked, called back and counted."""

import atexit
import gc
from importlib import import_module
from types import ModuleType

gc.set_threshold(50_000)  # most of what is made when it starts stays
atexit.register(gc.freeze)  # nor once more at the end: a third of a short command's time


def loaded(module: str) -> ModuleType:
    """A module with all that it imports, which stays: to look through it meanwhile would take a
    sixth of the time."""
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        gc.enable()
