"""Tests of the embedded AWS, through its public doors."""
