"""Template tags of the frame that every page is built from."""
