"""The exchange with the executor over descriptors 3 and 4.

One token (a newline on descriptor 4), taken before and put back after an exchange, lets one thread or process at a time
through, so that none reads the answer of another. There is no lock in memory that a fork could inherit.
"""

from __future__ import annotations

import _signal
import _socket
import os
import stat
import threading
import time

from ._error import SealrunError
from ._frames import decode_body, encode_frame, read_length_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Optional, Tuple

_FRAMES = 3
_TOKENS = 4
_TOKEN = b"\n"
#: From the interpreter's private module, as the sockets are: the public one wraps each number in an object, 0.4 ms a call.
_ALL_SIGNALS = _signal.valid_signals() if hasattr(_signal, "valid_signals") else ()
_CHUNK_BYTES = 65536
#: More than any frame of the executor; a larger length is garbage, not a reason to allocate.
_MAX_FRAME_BYTES = 256 * 1024 * 1024
#: Far more nested calls than one exchange needs.
_SPARE_CALLS = 20

_broken: Optional[str] = None
_known_channel: List[Tuple[int, int]] = []
_thread = threading.local()


def exchange(request: Dict[str, Any]) -> Dict[str, Any]:
    """Asks the executor and returns the head of its answer; blocks until it is there."""
    _require_channel()
    if getattr(_thread, "is_asking", False):
        raise SealrunError(
            "CHANNEL_BROKEN",
            "sealrun: a signal handler asked in the middle of another request; ask in the handler's next turn instead",
        )
    count = getattr(_thread, "exchanges", 0) + 1
    _thread.exchanges = count
    request_id = "%d.%d.%d" % (os.getpid(), threading.get_ident(), count)
    # Everything that can fail without the executor is done before the token is taken.
    frame = encode_frame(dict(request, id=request_id))
    _require_stack(_SPARE_CALLS)
    # A signal handler that raises between taking the token and putting it back would block all other threads.
    old_mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, _ALL_SIGNALS)
    _thread.is_asking = True
    try:
        body = _exchange_bytes(frame)
    finally:
        _thread.is_asking = False
        _signal.pthread_sigmask(_signal.SIG_SETMASK, old_mask)
    head, _ = decode_body(body)
    if not isinstance(head, dict) or head.get("id") != request_id:
        raise _break_channel("the executor answered another request")
    return head


def _require_channel() -> None:
    if _broken is not None:
        raise SealrunError("CHANNEL_BROKEN", _broken)
    if _is_channel_of_a_run():
        return
    raise SealrunError(
        "CHANNEL_BROKEN",
        "sealrun: this process has no channel to its executor; ask for secrets in the script itself or one of its threads "
        "or forks and pass the values on, or set SEALRUN_ENV=local to read ef_env.json",
    )


def _require_stack(calls: int) -> None:
    """Overflows here rather than while this thread has the token, when the caller has nearly used up the stack."""
    if calls > 0:
        _require_stack(calls - 1)


def _is_channel_of_a_run() -> bool:
    """
    False for other sockets and pipes, which a child without these descriptors may have opened under their numbers. The
    token's pipe had a name, which is gone; a pipe that was made in memory never had one, and counts one link.
    """
    global _known_channel
    try:
        frames, tokens = os.fstat(_FRAMES), os.fstat(_TOKENS)
        channel = [(status.st_dev, status.st_ino) for status in (frames, tokens)]
        if channel != _known_channel and "SEALRUN_EXECUTION_ID" in os.environ:
            is_unnamed_pipe = stat.S_ISFIFO(tokens.st_mode) and tokens.st_nlink == 0
            if is_unnamed_pipe and stat.S_ISSOCK(frames.st_mode) and _is_local_socket(_FRAMES):
                _known_channel = channel
    except OSError:
        return False
    return channel == _known_channel


def _is_local_socket(descriptor: int) -> bool:
    view = _socket.socket(fileno=os.dup(descriptor))
    is_local = view.family == _socket.AF_UNIX
    view.close()
    return is_local


def _exchange_bytes(frame: bytes) -> bytes:
    try:
        token = _read_some(_TOKENS, 1)
    except OSError as error:
        # Another pipe that a script has put there, such as its own output, may be open for writing only.
        raise _break_channel("descriptor 4 is not the token's pipe") from error
    if token == b"":
        raise _break_channel("the executor closed the channel")
    is_under_way = False
    is_closed = False
    try:
        view = memoryview(frame)
        while view:
            view = view[_write_some(_FRAMES, view) :]
            is_under_way = True
        body = _read_body()
        is_under_way = False
        return body
    except (BrokenPipeError, ConnectionResetError) as error:
        is_closed = True
        raise _break_channel("the executor closed the channel") from error
    except OSError as error:
        raise _break_channel("the exchange with the executor was cut short") from error
    finally:
        # After half an exchange the next thread would read the wrong answer: then the token is not put back, and the
        # executor ends the run. On a closed channel there is no answer, and the next thread must not wait for the token.
        if is_closed or not is_under_way:
            _write_some(_TOKENS, _TOKEN)


def _read_body() -> bytes:
    seen = _read_more(_CHUNK_BYTES)
    line = read_length_line(seen)
    while line is None:
        seen += _read_more(_CHUNK_BYTES)
        line = read_length_line(seen)
    start, length = line
    # Only one exchange runs at a time, so bytes past the end belong to no answer.
    if length > _MAX_FRAME_BYTES or len(seen) - start > length:
        raise _break_channel("the executor sent more than its answer")
    body = bytearray(seen[start:])
    while len(body) < length:
        body += _read_more(length - len(body))
    return bytes(body)


def _read_more(count: int) -> bytes:
    read = _read_some(_FRAMES, count)
    if read == b"":
        raise BrokenPipeError()
    return read


def _read_some(descriptor: int, count: int) -> bytes:
    while True:
        try:
            return os.read(descriptor, count)
        except BlockingIOError:
            # Another program that shares the socket may have made it non-blocking.
            time.sleep(0.001)


def _write_some(descriptor: int, content: Any) -> int:
    while True:
        try:
            return os.write(descriptor, content)
        except BlockingIOError:
            time.sleep(0.001)


def _break_channel(reason: str) -> SealrunError:
    global _broken
    if _broken is None:
        _broken = "sealrun: " + reason
    return SealrunError("CHANNEL_BROKEN", _broken)
