"""The leaves of a cycle's scheme and period, as a row of 指标表 names them (§8: 周期+考核对象+编码)."""

from collections.abc import Iterable

from kpi.models import Cycle, Indicator, Item
from kpi.selectors.schemes import indicators_of

LeafKey = tuple[int | None, str, str, str]


class KnownLeaves:
    """By code and by names; two statements."""

    def __init__(self, cycle: Cycle) -> None:
        self.leaves = list(indicators_of(cycle.scheme).filter(period=cycle.period))
        by_key = {one.pk: one for one in self.leaves}
        self.items = {one.indicator_id: one for one in Item.objects.filter(cycle=cycle)}
        for key, item in self.items.items():
            if key in by_key:
                item.indicator = by_key[key]
        self._by_code = {(one.subject_id, one.code): one for one in self.leaves if one.code}
        self._by_name: dict[LeafKey, Indicator] = {}
        for one in self.leaves:
            self._by_name.setdefault((one.subject_id, one.level1, one.level2, one.level3), one)

    def find(self, subject_id: int | None, code: str, names: tuple[str, str, str]) -> Indicator | None:
        """The leaf of a subject: by code; by its names where the row or the leaf has no code."""
        if code and (subject_id, code) in self._by_code:
            return self._by_code[subject_id, code]
        found = self._by_name.get((subject_id, *names))
        return None if found and found.code and code else found

    def of_any_subject(self, code: str, names: tuple[str, str, str]) -> list[Indicator]:
        """The leaves that a row may mean where it does not say whose it is."""
        subjects: Iterable[int | None] = dict.fromkeys(one.subject_id for one in self.leaves)
        found = (self.find(subject, code, names) for subject in subjects)
        return [one for one in found if one is not None]
