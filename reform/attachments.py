"""Files that are sent to be saved."""

from urllib.parse import quote

from django.http import HttpResponse


def attachment(data: bytes, name: str, content_type: str) -> HttpResponse:
    """A file to save, under its Chinese name."""
    response = HttpResponse(data, content_type=content_type)
    ending = name.rpartition(".")[2]
    response["Content-Disposition"] = (
        f"attachment; filename=\"file.{ending}\"; filename*=UTF-8''{quote(name)}"
    )
    return response
