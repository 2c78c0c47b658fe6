"""Drafting: a first mapping, and where there is none a first town folder, from a file that nobody has described yet."""

from sozialanalyse.loading.drafting.drafts import Draft, draft

__all__ = ["Draft", "draft"]
