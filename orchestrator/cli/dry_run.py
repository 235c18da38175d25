"""``make --dry-run``: the request and how its text falls into scenes; nothing runs."""
