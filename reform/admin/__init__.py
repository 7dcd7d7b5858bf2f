"""The clerks' pages: lists, forms and history of what this app owns, each noun in its own file."""

from . import audit, calendar, organization, people, policy, positions, tenures, uploads, users, zones
from .navigation import navigation

__all__ = [
    "audit",
    "calendar",
    "navigation",
    "organization",
    "people",
    "policy",
    "positions",
    "tenures",
    "uploads",
    "users",
    "zones",
]
