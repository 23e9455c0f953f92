"""The rules of the market and of what a county may see. Time, ids and limits are arguments; no I/O."""
