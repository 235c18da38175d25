"""Outlines: smooth closed curves, tapering ribbons, ovals; arrays of (n, 2) points."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


@functools.lru_cache(maxsize=1024)
def outline(text: str, steps: int = 6) -> Points:
    """A closed curve through ``x,y`` pairs; ``!`` after a pair makes it a corner.

    ``"0,0! 10,0! 5,8"`` is a tooth with a round tip. Catmull-Rom between the pairs.
    """
    pairs = text.split()
    corners = np.array([pair.endswith("!") for pair in pairs])
    knots = np.array([[float(n) for n in p.rstrip("!").split(",")] for p in pairs])
    return closed_curve(knots, corners, steps)


def closed_curve(knots: Points, corners: NDArray[np.bool_], steps: int = 6) -> Points:
    """The Catmull-Rom curve through ``knots``, with no tangent at ``corners``."""
    tangents = 0.5 * (np.roll(knots, -1, axis=0) - np.roll(knots, 1, axis=0))
    tangents[corners] = 0.0
    return _hermite(
        knots, np.roll(knots, -1, 0), tangents, np.roll(tangents, -1, 0), steps
    )


def open_curve(knots: Points, steps: int = 6) -> Points:
    """The Catmull-Rom curve from the first to the last of ``knots`` (any columns)."""
    padded = np.concatenate([knots[:1], knots, knots[-1:]])
    tangents = 0.5 * (padded[2:] - padded[:-2])
    curve = _hermite(knots[:-1], knots[1:], tangents[:-1], tangents[1:], steps)
    return np.concatenate([curve, knots[-1:]])


@functools.lru_cache(maxsize=1024)
def ribbon(text: str, steps: int = 5) -> Points:
    """A limb through ``x,y,width`` triples, with round ends."""
    knots = np.array([[float(n) for n in p.split(",")] for p in text.split()])
    return band(knots, steps)


def band(knots: Points, steps: int = 5) -> Points:
    """A limb through rows of (x, y, width), with round ends."""
    curve = open_curve(knots, steps)
    centre, half = curve[:, :2], curve[:, 2:] / 2
    along = np.gradient(centre, axis=0)
    along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-9)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) * half
    angles = np.linspace(0, np.pi, 7)[1:-1, None]
    end = (
        centre[-1] + np.cos(angles) * across[-1] + np.sin(angles) * along[-1] * half[-1]
    )
    start = centre[0] - np.cos(angles) * across[0] - np.sin(angles) * along[0] * half[0]
    return np.concatenate([centre + across, end, (centre - across)[::-1], start])


def stroke(*knots: tuple[float, float, float], steps: int = 5) -> Points:
    """A limb through (x, y, width) knots, with round ends."""
    return band(np.array(knots), steps)


def oval(x: float, y: float, rx: float, ry: float | None = None, n: int = 28) -> Points:
    """An ellipse around (x, y)."""
    return _circle(n) * (rx, rx if ry is None else ry) + (x, y)


def box(x0: float, y0: float, x1: float, y1: float) -> Points:
    """A rectangle."""
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=float)


def polygon(text: str) -> Points:
    """Straight edges between ``x,y`` pairs."""
    return np.array([[float(n) for n in p.split(",")] for p in text.split()])


def turned(points: Points, degrees: float, x: float = 0.0, y: float = 0.0) -> Points:
    """``points`` turned counter-clockwise (y upwards) around (x, y)."""
    angle = np.deg2rad(degrees)
    matrix = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    pivot = np.array([x, y])
    return np.asarray((points - pivot) @ matrix + pivot)


@functools.cache
def _circle(n: int) -> Points:
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _hermite(p0: Points, p1: Points, m0: Points, m1: Points, steps: int) -> Points:
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    p0, p1, m0, m1 = (part[:, None, :] for part in (p0, p1, m0, m1))
    curve = (
        (2 * t**3 - 3 * t**2 + 1) * p0
        + (t**3 - 2 * t**2 + t) * m0
        + (3 * t**2 - 2 * t**3) * p1
        + (t**3 - t**2) * m1
    )
    return np.asarray(curve.reshape(-1, p0.shape[-1]))
