"""The desk of a chain: who answers for it, the 5个1, the four lists of work, the city's goal; and all that somebody answers for."""
