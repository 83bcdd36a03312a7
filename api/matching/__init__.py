"""The faces of matching."""
