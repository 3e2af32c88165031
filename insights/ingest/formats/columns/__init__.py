"""Tables that mean nothing before somebody says which column is what: the mapping, and rows read by it."""
