"""Ask for a report, send it again, stop or remove it; who may receive it, and the link it can be fetched
by.
"""
