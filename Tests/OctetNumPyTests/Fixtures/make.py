"""Writes the arrays of this folder with NumPy (made with 1.26)."""
import numpy as np
from numpy.lib import format as npy

small = np.arange(6, dtype=np.int16).reshape(2, 3) - 2


def write(name, array, version=None):
    with open(name, "wb") as file:
        npy.write_array(file, array, version=version)


for version in (1, 2, 3):
    write(f"version{version}.npy", small, (version, 0))
write("fortran.npy", np.asfortranarray(np.arange(24, dtype=np.int32).reshape(2, 3, 4)))
write("big_endian.npy", small.astype(">i2"))
write("strings.npy", np.array([b"ab", b"c"]))
write("scalar.npy", np.array(1.5, np.float32))
write("records.npy", np.array([(b"a", 1)], dtype=[("x", "S1"), ("y", "<i4")]))
np.savez("stored.npz", first=small, second=np.array([True, False]))
np.savez_compressed("deflated.npz", first=small, second=np.zeros(1000, np.uint8))
