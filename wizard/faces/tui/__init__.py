"""The session on a full screen (Textual)."""
