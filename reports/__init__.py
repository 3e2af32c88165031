"""Reports: the views, the details table, and the requested reports that are mailed."""
