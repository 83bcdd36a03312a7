"""The pages of the projects, and their workbook."""
