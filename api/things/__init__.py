"""The faces of chains and of anything else."""
