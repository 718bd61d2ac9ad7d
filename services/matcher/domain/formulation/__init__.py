"""From people to the arrays that the solver takes."""
