"""The page of the city at a glance."""
