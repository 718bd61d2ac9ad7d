"""Each test of the kernel runs on the plain twin, and on the compiled core where a compiler built it."""

import pytest

from services.matcher.solver.native import available

compiled_only = pytest.mark.skipif(not available(), reason="no C compiler built the core")
TWINS = [False, pytest.param(True, marks=compiled_only)]
