"""Findings in words, tables and pictures."""
