"""The matcher pairs waiting mentees with mentors by an optimal assignment, and keeps every match's life."""
