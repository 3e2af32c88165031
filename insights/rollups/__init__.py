"""Roll-ups: declared in stats, kept exact in the transaction that stores, compared every night."""
