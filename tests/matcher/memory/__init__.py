"""The matcher's store in memory: the same promises as the tables, kept by plain code that anyone can check."""

from tests.matcher.memory.memory_store import MemoryDatabase

__all__ = ["MemoryDatabase"]
