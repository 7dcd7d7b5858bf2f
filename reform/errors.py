"""What goes wrong by rule: refusals that a clerk can read, never a bare "invalid"."""

from collections.abc import Sequence


class RuleError(Exception):
    """A rule refuses; the message is Chinese and shown to the user as it stands."""


class IllegalTransition(RuleError):
    """The event is not in the transition table for this state."""


class Refused(RuleError):
    """Everything that stands against a step, each reason in Chinese with the figures compared."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("；".join(reason.rstrip("。；") for reason in reasons) + "。")
        self.reasons = tuple(reasons)


class StaleState(RuleError):
    """The state was changed by somebody else meanwhile; nothing was written."""


class PolicyMissing(RuleError):
    """The policy in force lacks a parameter, or no policy is in force on that date."""


class CellError(ValueError):
    """One cell cannot be read.

    code: stable upper-case code such as ID_CHECKSUM.  message: Chinese, what is wrong with the value; it does
    not repeat sheet, row or column, which the importer knows.  hint: Chinese, what to do next; may be empty.
    """

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(code, message, hint)
        self.code = code
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message
