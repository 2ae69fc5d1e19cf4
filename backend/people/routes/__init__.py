"""The HTTP edge of `people`, one file a subject."""
