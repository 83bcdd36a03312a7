"""The page 摸底: what was looked for, and the ticks by which people say what they found."""
