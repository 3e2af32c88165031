"""What must hold for every parser whatever the bytes, checked on bytes of Hypothesis and of atheris (`make fuzz`)."""
