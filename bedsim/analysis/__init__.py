"""WHAT IT MEANS: replications, their intervals, the ends of the stated ranges, warm-up and overload from theory."""
