"""What mail logs say: events, their roll-ups, and the questions that pages and reports ask."""
