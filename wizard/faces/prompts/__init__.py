"""The session as prompts: with questionary, or bare for a terminal without cursor control."""
