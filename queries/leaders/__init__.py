"""The leaders: who is named by whom, how many of the published number, and what each lacks here."""
