"""Disclosure control: what may leave the house, decided once, at one gate."""
