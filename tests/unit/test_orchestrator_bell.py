"""The bell: which loops a film's change wakes."""

from __future__ import annotations

from orchestrator.bell import Bell
from shared_protocol.films import FilmState

A, B, C = FilmState.STARTING, FilmState.SENDING, FilmState.SENT


def test_a_listener_hears_who_comes_and_who_goes() -> None:
    """One that has work only with those who come is not woken by those who go."""
    bell = Bell()
    both, coming, all_of_them = (
        bell.listen({B}),
        bell.listen({B}, leaving=False),
        bell.listen(),
    )
    heard = []
    for left, entered in (({A}, {B}), ({B}, {C}), ({A}, {C}), ((), ())):
        bell.ring(left, entered)
        ears = (both, coming, all_of_them)
        heard.append([ear.event.is_set() for ear in ears])
        for ear in ears:
            ear.event.clear()

    assert heard == [
        [True, True, True],
        [True, False, True],
        [False, False, True],
        [False, False, False],
    ]


def test_a_ring_that_names_nothing_wakes_everybody() -> None:
    """As when a worker comes or goes."""
    bell = Bell()
    ears = [bell.listen({A}), bell.listen({A}, leaving=False)]
    bell.ring()

    assert all(ear.event.is_set() for ear in ears)
