"""Who may see what: people, providers, their customers, and the walls between them."""
