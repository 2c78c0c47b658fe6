"""The audit: an attacker who sees what everybody sees, the bytes of a published folder, and calculates.

It shares no code with what protects the cells, so that a mistake there is found here.
"""

from __future__ import annotations

from sozialanalyse.audit.auditing import audit_folder
from sozialanalyse.audit.report import Report

__all__ = ["Report", "audit_folder"]
