"""The HTTP edge of `admin`, one file a subject."""
