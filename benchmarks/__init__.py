"""The same work done by others: SimPy and Ciw as their users write it, C by hand; and the bench that times them all."""
