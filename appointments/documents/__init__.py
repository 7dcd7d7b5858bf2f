"""Everything of a round that is printed: import from here."""

from appointments.states import OFFICE
from reform.documents.templates import TemplateSet

from .approval_form import lrmx_export
from .files import document_file, kind_of
from .kinds import DOCUMENT_KINDS
from .lrmx import Lrmx, LrmxError, new_lrmx, read_lrmx
from .samples import sample

# settings.DOCUMENT_SETS names it.
TEMPLATES = TemplateSet(DOCUMENT_KINDS, sample, OFFICE)

__all__ = [
    "DOCUMENT_KINDS",
    "TEMPLATES",
    "Lrmx",
    "LrmxError",
    "document_file",
    "kind_of",
    "lrmx_export",
    "new_lrmx",
    "read_lrmx",
    "sample",
]
