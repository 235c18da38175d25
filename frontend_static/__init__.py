"""The page that the orchestrator serves; files only."""
