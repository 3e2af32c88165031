"""Pages about submissions: all customers, the dashboard, log sources."""
