"""The faces of the weak links."""
