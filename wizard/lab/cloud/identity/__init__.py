"""Who calls, what the policies say, and how AWS words a refusal."""
