"""The pure heart: text, matching, facts, verdicts, plans, the session. Standard library only."""
