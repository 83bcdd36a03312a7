"""The faces of firms."""
