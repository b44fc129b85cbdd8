"""Where error texts come from live: commands that are run and listened to."""
