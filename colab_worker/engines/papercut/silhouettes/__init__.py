"""Outlines of people, animals and things; y upwards, height 1, feet at the origin."""
