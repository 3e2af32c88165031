"""The first rows of a table or of JSON records, for the person who says which column is what. Pure."""
