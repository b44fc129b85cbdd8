"""The child process: moto with a front that answers what moto lacks or gets wrong.

Nothing in this package is imported by the parent; see :mod:`wizard.lab.lab` for that side.
"""
