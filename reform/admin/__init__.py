"""The clerks' pages: lists, forms and history of what this app owns, each noun in its own file."""

from . import (
    audit,
    calendar,
    conduct,
    organization,
    people,
    policy,
    positions,
    tenures,
    uploads,
    users,
    zones,
)
from .navigation import navigation

__all__ = [
    "audit",
    "calendar",
    "conduct",
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
