"""The faces of what people change."""
