"""What a provider's shared servers tell: whose it is, kept at that customer, and what is nobody's yet in the inbox."""
