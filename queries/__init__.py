"""The questions: one Cypher file each, and what is computed from their answers."""
