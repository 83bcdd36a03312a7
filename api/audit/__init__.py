"""The page of the journal, and taking a change back."""
