"""The way to take a step, as every app has it (reform/services/steps.py)."""

from reform.services.steps import Refusal, require_permission, take_step, take_steps

__all__ = ["Refusal", "require_permission", "take_step", "take_steps"]
