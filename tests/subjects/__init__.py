"""Tests of what somebody brings."""
