"""What to do this week (本周要办): the worst gaps of all chains, where to look first, what waits, what stands still."""
