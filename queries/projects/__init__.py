"""The projects: the funnel, what stands still, what each fills, and what it would change."""
