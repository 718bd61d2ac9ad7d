"""The formulation of a pool as the arrays that the solver takes."""
