"""The declared clusters beside the communities of the supply graph: how far they agree, who is missing, who bridges."""
