"""The faces of 招商名录."""
