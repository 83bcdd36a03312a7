"""The pages of the desk of a chain, its workbook, and all that somebody answers for."""
