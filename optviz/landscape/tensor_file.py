"""Write a safetensors file block by block, so that its tensors need not fit into memory.

The format: 8 bytes with the length of the header, the header in JSON, and the numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

import torch

from optviz.landscape.rows import BLOCK, Rows


def write_rows(stream: IO[bytes], tensors: Mapping[str, Rows], about: Mapping[str, str]) -> None:
    """Write rows as tensors (n, d), each in its own type.

    Parameters
    ----------
    stream : binary stream
    tensors : mapping of str to Rows
    about : mapping of str to str
        The file's metadata.
    """
    header: dict[str, Any] = {"__metadata__": dict(about)}
    end = 0
    for name, rows in tensors.items():
        kind = "F64" if rows.dtype == torch.float64 else "F32"
        begin, end = end, end + rows.nbytes
        shape = [len(rows), rows.width]
        header[name] = {"dtype": kind, "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    stream.write(len(text).to_bytes(8, "little") + text)
    for rows in tensors.values():
        count = max(1, BLOCK // max(1, rows.nbytes // max(1, len(rows))))
        for first in range(0, len(rows), count):
            for row in rows[first : first + count]:
                stream.write(row.numpy().data)
