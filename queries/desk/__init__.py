"""The desk of a chain: who answers for it, 5个1, four lists of work, the city's goal; and one's duties."""
