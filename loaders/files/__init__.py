"""Files as they come: text, workbooks, JSON lines, archives, their heads and sheets."""
