"""工资条: what a person was paid; shown to the person alone."""

from django.db.models import QuerySet

from compensation.models import PayLine
from compensation.states import PayRunState
from reform.models import Person


def slips_of(person: Person) -> QuerySet[PayLine]:
    """A person's lines of runs that are paid, the latest first: before that nothing is certain."""
    return (
        PayLine.objects.filter(person=person, run__state=PayRunState.PAID)
        .select_related("run__zone", "run__policy", "person", "unit__parent")
        .order_by("-run__starts_on", "run__kind")
    )
