"""Placing firms on chains: the command, the routes and the page of what was inferred."""
