"""Pure reckoning: periods, Pareto, figures. No Django, no I/O."""
