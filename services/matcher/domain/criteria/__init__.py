"""Criteria: how answers are encoded and how well two people fit in each."""
