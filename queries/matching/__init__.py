"""The matcher: which supplier can meet a need that is only a few words; ranked,
explained, with a calibrated confidence."""
