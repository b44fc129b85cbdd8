"""How Fargate starts a task, step by step, against the network and the policies of the moment.

Written forward from AWS's documentation; it knows nothing of any diagnosis.
"""
