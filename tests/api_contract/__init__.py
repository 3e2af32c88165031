"""The running API against its own description."""
