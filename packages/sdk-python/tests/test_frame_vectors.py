"""The frames of test/vectors/script-frame.json, which the executor and the TypeScript SDK are tested with too."""

import base64
import json
import os
import unittest

from sealrun._error import SealrunError
from sealrun._frames import decode_body, encode_frame, read_length_line

_VECTORS = os.path.join(os.path.dirname(__file__), "..", "..", "..", "test", "vectors", "script-frame.json")


def _read(seen):
    """Head and raw bytes of a frame of which this much has arrived; None while it is not whole."""
    line = read_length_line(seen)
    if line is None or len(seen) < sum(line):
        return None
    start, length = line
    return decode_body(seen[start : start + length])


def _code(seen):
    """The code that the bytes are refused with; None when they are not refused."""
    try:
        _read(seen)
    except SealrunError as error:
        return error.code
    return None


class FrameVectors(unittest.TestCase):
    def setUp(self) -> None:
        with open(_VECTORS, encoding="utf-8") as file:
            vectors = json.load(file)
        self.assertGreater(len(vectors["frames"]), 10)
        self.assertGreater(len(vectors["broken"]), 10)
        self.broken = [(vector["name"], base64.b64decode(vector["bytes"]), vector["sdk"]) for vector in vectors["broken"]]
        self.frames = [
            (
                vector["name"],
                vector["head"],
                base64.b64decode(vector["raw"]) if "raw" in vector else None,
                base64.b64decode(vector["bytes"]),
            )
            for vector in vectors["frames"]
        ]

    def test_encode_frame_gives_the_bytes_of_each_vector(self) -> None:
        for name, head, raw, frame in self.frames:
            with self.subTest(name):
                self.assertEqual(encode_frame(head, raw), frame)

    def test_decode_body_reads_each_vector_once_all_of_it_has_arrived(self) -> None:
        for name, head, raw, frame in self.frames:
            with self.subTest(name):
                for end in range(len(frame)):
                    self.assertIsNone(_read(frame[:end]))
                self.assertEqual(_read(frame), (head, raw))

    def test_decode_body_reads_what_encode_frame_writes_again(self) -> None:
        for name, _, _, frame in self.frames:
            with self.subTest(name):
                self.assertEqual(encode_frame(*_read(frame)), frame)

    def test_read_length_line_and_decode_body_refuse_broken_frames(self) -> None:
        for name, seen, code in self.broken:
            with self.subTest(name):
                self.assertEqual(_code(seen), code)
