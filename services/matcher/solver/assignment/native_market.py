"""The problem and its state as C structures; twins of the structs in ``market.h``, ``auction.c`` and ``augment.c``."""

import ctypes

import numpy as np

from ..arrays import I32, I64
from ..native import CStruct, fields
from .bipartite_graph import BipartiteGraph


class MarketFields(ctypes.Structure):
    """Twin of the struct ``Market`` in ``market.h``."""

    _fields_ = fields(
        "mentees mentors",
        "indptr row_end mentor mentee value tie mentor_indptr mentor_end by_mentor slot_start slot_end slot_edge "
        "slot_bid load edge_of u v reserve p q",
    )


class _QueueFields(ctypes.Structure):
    _fields_ = fields("head size capacity", "items waiting")


class _WorkFields(ctypes.Structure):
    _fields_ = fields(
        "",
        "mentor_distance mentee_distance came_from leaver mentor_state mentee_state mentor_seen mentee_seen "
        "heap_key heap_node heap_at lowered",
        "heap_size mentors_seen mentees_seen",
    )


class NativeMarket(CStruct):
    """A problem with its pairs and prices, at first none and zero."""

    def __init__(self, problem: BipartiteGraph) -> None:
        rows, columns = problem.mentees, problem.mentors
        degree = np.diff(problem.mentor_indptr)
        # One place more than edges, so that a mentor with more places than edges always has an open one, at price zero.
        places = np.minimum(problem.capacity, degree + 1)
        slot_start = np.concatenate([[0], np.cumsum(places)]).astype(np.int64)
        self.load: I32 = np.zeros(columns, np.int32)
        self.edge_of: I32 = np.full(rows, -1, np.int32)
        self.u: I64 = np.zeros(rows, np.int64)
        self.v: I64 = np.zeros(columns, np.int64)
        self.p: I64 = np.zeros(rows, np.int64)
        self.q: I64 = np.zeros(columns, np.int64)
        self.slot_start: I64 = slot_start
        self.slot_edge: I32 = np.zeros(slot_start[-1], np.int32)
        super().__init__(
            MarketFields(mentees=rows, mentors=columns),
            indptr=problem.indptr,
            row_end=problem.indptr[1:],
            mentor=problem.mentor,
            mentee=problem.mentee,
            value=problem.value,
            tie=problem.tie,
            mentor_indptr=problem.mentor_indptr,
            mentor_end=problem.mentor_indptr[1:],
            by_mentor=problem.by_mentor,
            slot_start=slot_start,
            slot_end=slot_start[1:],
            slot_edge=self.slot_edge,
            slot_bid=np.zeros(slot_start[-1], np.int64),
            load=self.load,
            edge_of=self.edge_of,
            u=self.u,
            v=self.v,
            reserve=np.zeros(rows, np.int64),
            p=self.p,
            q=self.q,
        )

    def seat_pairs(self, mentor_of: I64) -> None:
        """Match the pairs that have an edge; the caller respects capacity."""
        mentee, mentor = self.arrays["mentee"], self.arrays["mentor"]
        edges = np.flatnonzero(mentor_of[mentee] == mentor).astype(np.int32)
        chosen = mentor[edges]
        order = np.argsort(chosen, kind="stable")
        chosen, edges = chosen[order], edges[order]
        self.slot_edge[self.slot_start[chosen] + np.arange(len(chosen)) - np.searchsorted(chosen, chosen)] = edges
        self.load[:] = np.bincount(chosen, minlength=len(self.load))
        self.edge_of[mentee[edges]] = edges


class Queue(CStruct):
    """A queue of rows, each at most once."""

    def __init__(self, rows: int) -> None:
        super().__init__(
            _QueueFields(head=0, size=0, capacity=rows),
            items=np.zeros(rows, np.int32),
            waiting=np.zeros(rows, np.uint8),
        )

    def __len__(self) -> int:
        return int(self.structure.size)


class Work(CStruct):
    """Work memory of shortest paths; clean between calls."""

    def __init__(self, mentees: int, mentors: int) -> None:
        most = max(mentees, mentors)
        super().__init__(
            _WorkFields(heap_size=0, mentors_seen=0, mentees_seen=0),
            mentor_distance=np.zeros((mentors, 2), np.int64),
            mentee_distance=np.zeros((mentees, 2), np.int64),
            came_from=np.zeros(most, np.int32),
            leaver=np.zeros(mentors, np.int32),
            mentor_state=np.zeros(mentors, np.uint8),
            mentee_state=np.zeros(mentees, np.uint8),
            mentor_seen=np.zeros(mentors, np.int32),
            mentee_seen=np.zeros(mentees, np.int32),
            heap_key=np.zeros((most, 2), np.int64),
            heap_node=np.zeros(most, np.int32),
            heap_at=np.zeros(most, np.int32),
            lowered=np.zeros(mentees, np.uint8),
        )
