"""The ground of the API: keys, errors, the door and its description."""
