"""The first page, and all gaps and chains behind it."""
