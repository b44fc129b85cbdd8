"""The bastion's tools, for machines without Docker and the Session Manager plugin.

Small stand-ins that talk to the embedded AWS alone and print what the real ones print.
"""
