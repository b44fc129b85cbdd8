"""Amazon ECS on Fargate, served wholly by the front (moto's ECS is never asked)."""
