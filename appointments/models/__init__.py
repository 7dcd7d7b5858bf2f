"""轮次、批次、报名、考评、选择、公示、聘任、安置、文件和聘期内的事."""

from .applications import Application, Candidacy, RuleResult, Waiver
from .appointments import Appointment, Demotion, Exit
from .assessment import BallotCount, ItemScore, PanelMember, ScoreEntry, ScoreItem, ScoreSheet
from .batches import Batch, BatchPost, BatchStep
from .documents import Document, DocumentLine, DocumentTemplate, PersonDossierFile
from .dossiers import DossierRecord
from .duties import DutyContract, DutyTarget
from .exit_proposals import ExitProposal
from .placement import Offer, Placement
from .post_groups import PostGroup, PostGroupMember
from .publicity import Objection, Publicity
from .rounds import Baseline, Round
from .selection import Inspection, Intention, Meeting, MeetingVote, ProposalList, ProposalRow
from .service_years import Appeal, Secondment, TermReview

__all__ = [
    "Appeal",
    "Application",
    "Appointment",
    "BallotCount",
    "Baseline",
    "Batch",
    "BatchPost",
    "BatchStep",
    "Candidacy",
    "Demotion",
    "Document",
    "DocumentLine",
    "DocumentTemplate",
    "DossierRecord",
    "DutyContract",
    "DutyTarget",
    "Exit",
    "ExitProposal",
    "Inspection",
    "Intention",
    "ItemScore",
    "Meeting",
    "MeetingVote",
    "Objection",
    "Offer",
    "PanelMember",
    "PersonDossierFile",
    "Placement",
    "PostGroup",
    "PostGroupMember",
    "ProposalList",
    "ProposalRow",
    "Publicity",
    "Round",
    "RuleResult",
    "ScoreEntry",
    "ScoreItem",
    "ScoreSheet",
    "Secondment",
    "TermReview",
    "Waiver",
]
