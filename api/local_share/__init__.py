"""The page of local shares."""
