"""The only room that talks to AWS to read: sessions that cannot write, readers, observation.

`wizard.aws.engine.Engine` is the door; `wizard.aws.errors.AwsUnavailable` is the one exception.
"""
