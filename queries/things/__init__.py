"""What the graph says of a thing: chains, firms, supplies, anything else."""
