"""卡位入链: the four lists of a leader or a chain, and the ledger of the matches."""
