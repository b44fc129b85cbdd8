"""The truths of EC2 that moto has wrong."""
