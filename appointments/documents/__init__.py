"""Everything that is printed: import from here."""

from .approval_form import lrmx_export
from .files import default_template, document_file, kind_of, template_bytes
from .kinds import DOCUMENT_KINDS, DocumentKind, Scope
from .lrmx import Lrmx, LrmxError, new_lrmx, read_lrmx
from .samples import placeholders, sample
from .word import TemplateFault, check_template

__all__ = [
    "DOCUMENT_KINDS",
    "DocumentKind",
    "Lrmx",
    "LrmxError",
    "Scope",
    "TemplateFault",
    "check_template",
    "default_template",
    "document_file",
    "kind_of",
    "lrmx_export",
    "new_lrmx",
    "placeholders",
    "read_lrmx",
    "sample",
    "template_bytes",
]
