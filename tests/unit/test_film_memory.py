"""What the C library keeps of memory that a clip has given back."""

import subprocess
import sys

import pytest

#: Draws frames in a thread, as a clip does; then a large array goes and a smaller one
#: comes. Prints how many arenas there are, and the bytes that go back as soon as they are
#: free, if the C library tells such things.
_PROGRAM = """
import ctypes, os, re, sys, threading
import numpy as np
from colab_worker.film.memory import keep_little
from colab_worker.film.motion import windows
from colab_worker.film.resample import Planes, frames

class Info(ctypes.Structure):  # struct mallinfo2 of malloc.h
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks",
        "uordblks", "fordblks", "keepcost")]

libc = ctypes.CDLL(None)
if not hasattr(libc, "mallinfo2"):
    sys.exit(77)
libc.mallinfo2.restype = Info
if sys.argv[2] == "told":
    keep_little()
colour = np.zeros((300, 500), np.uint8)
planes = Planes(np.zeros((600, 1000), np.uint8), colour, colour)
feed = frames(planes, 854, 480, list(windows("zoom_in", 5.0, 4)))
thread = threading.Thread(target=lambda: [None for _ in feed])
thread.start()
thread.join()
large = np.ones(24 << 20, np.uint8)
del large
before = libc.mallinfo2().hblkhd
smaller = np.ones(6 << 20, np.uint8)
libc.fopen.restype = ctypes.c_void_p
file = libc.fopen(sys.argv[1].encode(), b"w")
libc.malloc_info(0, ctypes.c_void_p(file))
libc.fclose(ctypes.c_void_p(file))
arenas = len(re.findall("<heap nr=", open(sys.argv[1]).read()))
print(arenas, libc.mallinfo2().hblkhd - before)
"""
#: The exit status where there is another C library.
_NO_GLIBC = 77


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")
def test_threads_share_an_arena_and_pictures_go_back(tmp_path):
    """Else every clip would leave an arena behind that keeps its largest pictures."""
    found = {}
    for told in ("told", "left alone"):
        command = [sys.executable, "-c", _PROGRAM, str(tmp_path / "info.xml"), told]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode == _NO_GLIBC:
            pytest.skip("another C library")
        assert done.returncode == 0, done.stderr
        found[told] = tuple(map(int, done.stdout.split()))

    assert found["told"][0] == 1
    assert found["told"][1] >= 6 << 20
    assert found["left alone"][0] > 1  # there is something to be told
    assert found["left alone"][1] == 0
