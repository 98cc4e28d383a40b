"""Libraries that are loaded when they are first used: a server that never needs one neither waits
for it nor keeps it in memory."""

import importlib.util
import sys
from types import ModuleType


def late(name: str) -> ModuleType:
    """The module, which loads itself at the first look into it. `ModuleNotFoundError` at once.

    (`importlib.util.LazyLoader`, as the standard library's documentation puts it together.)
    """
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.find_spec(name)
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
