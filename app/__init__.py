"""Jiesu (接诉即办): a citizen's request finds its street, is worked, called back and counted."""

import atexit
import gc

gc.set_threshold(50_000)  # what an import loads stays: to look through it is a fifth of its time
atexit.register(gc.freeze)  # nor once more at the end: a third of a short command's time
