"""The endpoints about events, sources, imports and everything else that logs bring."""
