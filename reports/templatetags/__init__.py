"""Template tags of the report's pages."""
