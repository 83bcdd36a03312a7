"""The pages of the leaders, and their workbook."""
