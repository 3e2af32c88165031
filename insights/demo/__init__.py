"""Generate believable Postfix logs together with the truth about them: pure, seeded, without a clock.

`story.demo_story` is the demo, `calendar_days.calendar_log` a log of many days with traps at their borders,
`bulk.write_bulk` a very large log to measure with.
"""
