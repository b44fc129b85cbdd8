"""fargate-wizard: from an error of Amazon ECS on Fargate to its cause, its fix and the proof."""

__version__ = "0.1.0"
