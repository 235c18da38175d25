"""The worker: takes job specs over HTTP and turns them into films, unit by unit."""
