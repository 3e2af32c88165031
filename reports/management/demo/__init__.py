"""The demo behind `manage.py demo`: the story it keeps, its people, its logs through the real ingest, its
processes.
"""
