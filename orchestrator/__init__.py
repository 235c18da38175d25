"""The user's own side: scripts, jobs and finished films that outlive any GPU."""
