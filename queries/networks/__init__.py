"""Supply as a network: structure, systemic risk, relatedness, hidden links."""
