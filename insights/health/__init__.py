"""How well a source is fed, judged from plain facts: pauses, gaps, clocks, and why a number is zero. Pure."""
