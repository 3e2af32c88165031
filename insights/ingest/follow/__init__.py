"""Follow log files that a server goes on writing, through rotation, truncation and compression."""
