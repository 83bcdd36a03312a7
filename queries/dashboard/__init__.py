"""The city at a glance (驾驶舱): every chain, projects, needs, work, and
published figures beside what the graph can show."""
