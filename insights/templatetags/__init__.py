"""Template tags of the pages about submissions: figures, marks, charts, addresses and links."""
