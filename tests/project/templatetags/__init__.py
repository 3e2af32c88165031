"""Tests of the frame's tags."""
