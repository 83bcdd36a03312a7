"""Rows on their way into the graph: checked, identified, merged, written."""
