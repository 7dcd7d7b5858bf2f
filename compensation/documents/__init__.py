"""What leaves the system of pay: sheets, the bank file, slips, notices."""

from compensation.states import OFFICE
from reform.documents.templates import TemplateSet

from .kinds import PAPERS
from .samples import sample

# settings.DOCUMENT_SETS names it.
TEMPLATES = TemplateSet(PAPERS, sample, OFFICE)

__all__ = ["PAPERS", "TEMPLATES", "sample"]
