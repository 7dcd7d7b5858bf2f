"""Code tables of the national standards (domain.md §9); import them from here."""

from reform.codes.education import DEGREE, EDUCATION, education_rank
from reform.codes.family import FAMILY_RELATION, AvoidanceClass, avoidance_class
from reform.codes.people import ETHNICITY, HEALTH, IDENTITY, MARRIAGE, POLITICAL_STATUS, SEX
from reform.codes.ranks import CIVIL_RANK, MANAGEMENT_GRADE, POST_RANK, TECHNICAL_GRADE
from reform.codes.table import CodeTable, code_of

__all__ = [
    "CIVIL_RANK",
    "DEGREE",
    "EDUCATION",
    "ETHNICITY",
    "FAMILY_RELATION",
    "HEALTH",
    "IDENTITY",
    "MANAGEMENT_GRADE",
    "MARRIAGE",
    "POLITICAL_STATUS",
    "POST_RANK",
    "SEX",
    "TECHNICAL_GRADE",
    "AvoidanceClass",
    "CodeTable",
    "avoidance_class",
    "code_of",
    "education_rank",
]
