"""The model, the stores, the errors and the settings: everything else builds on this and it imports nothing of ours."""
