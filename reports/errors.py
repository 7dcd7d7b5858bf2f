"""What an address may ask wrongly."""


class BadQuery(Exception):
    """A condition or a date in the address that cannot be meant; shown on a page of its own (400)."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
