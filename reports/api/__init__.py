"""The reports over the API: the summary, the six tables, and reports that are requested by mail."""
