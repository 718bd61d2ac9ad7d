"""The compiled core: built by a command when there is a C compiler, loaded when it is there, never needed."""

from services.matcher.domain.compiled.library import available, core

__all__ = ["available", "core"]
