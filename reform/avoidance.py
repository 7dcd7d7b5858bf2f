"""Pure: which relatives may not hold which posts together (domain.md §3, 回避)."""

from reform.codes import AvoidanceClass, avoidance_class

__all__ = ["AvoidanceClass", "avoidance_class"]
