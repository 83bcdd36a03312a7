"""What was done to the graph, by whom, and what was refused."""
