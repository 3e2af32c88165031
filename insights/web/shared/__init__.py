"""The pages of a provider's shared servers and of its inbox."""
