"""What is printed of the appraisal: import from here."""

from kpi.states import OFFICE
from reform.documents.templates import TemplateSet

from .files import paper_file
from .kinds import PAPERS
from .samples import sample

# settings.DOCUMENT_SETS names it.
TEMPLATES = TemplateSet(PAPERS, sample, OFFICE)

__all__ = ["PAPERS", "TEMPLATES", "paper_file", "sample"]
