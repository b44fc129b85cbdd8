"""The faces of the wizard: thin, never an AWS call, never each other."""
