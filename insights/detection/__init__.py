"""Notice by itself what a person would want to be told."""
