"""Parameters that run each test on the Python twin, and on the compiled core if it is built."""

import pytest

from services.matcher.solver.native import available

compiled_only = pytest.mark.skipif(not available(), reason="no C compiler built the core")
TWINS = [False, pytest.param(True, marks=compiled_only)]
