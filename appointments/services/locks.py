"""The lock under which seats are given away, lists approved and steps counted."""

from reform.models import Zone


def lock_zone(zone: Zone) -> None:
    """Wait for whoever is writing in the zone, and keep others waiting until this transaction ends: what is
    read afterwards stays true. The row is the one that audit_record locks, so no two locks can cross."""
    Zone.objects.select_for_update().get(pk=zone.pk)
