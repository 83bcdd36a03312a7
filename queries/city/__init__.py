"""The city's rows, the foundation of gaps, openings and targets."""
