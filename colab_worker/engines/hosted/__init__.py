"""Pictures from paid services; asked only by the worker of the user's own machine."""
