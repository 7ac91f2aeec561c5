"""The frame codec by itself."""

import unittest

from sealrun._error import SealrunError
from sealrun._frames import decode_body, encode_frame, read_length_line


class Frames(unittest.TestCase):
    def test_encode_frame_counts_bytes_and_puts_raw_after_the_head(self) -> None:
        self.assertEqual(encode_frame({"a": "é"}), b'10\n{"a":"\xc3\xa9"}')
        self.assertEqual(encode_frame({}, b"x\n"), b"5\n{}\nx\n")

    def test_read_length_line_takes_any_split_and_refuses_garbage(self) -> None:
        frame = encode_frame({"a": 1})
        self.assertEqual([read_length_line(frame[:n]) for n in range(4)], [None, None, (2, 7), (2, 7)])
        for garbage in (b"\n", b"-1\n", b"a", b"1 \n", b"12345678901", b"\xff\n"):
            with self.subTest(garbage), self.assertRaises(SealrunError):
                read_length_line(garbage)

    def test_decode_body_names_no_text_of_what_is_not_json(self) -> None:
        self.assertEqual(decode_body(b'{"a":1}\nraw\n'), ({"a": 1}, b"raw\n"))
        with self.assertRaises(SealrunError) as raised:
            decode_body(b"hunter2")
        self.assertNotIn("hunter2", str(raised.exception))
