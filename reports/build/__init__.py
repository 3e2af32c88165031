"""Build a report: read everything it says in one snapshot of the database, and write its files."""
