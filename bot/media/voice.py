"""A voice note made anew: its sound as MP3, which every desk and case system can play.

Only in the process that ends after it (`worker.py`). `docs/decisions/0034` says why MP3.
"""

import io
from collections.abc import Iterator

import av
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from bot.service.made import CannotMake, Limits, Made, Wrong
from conversations.attaching import Medium

RATE = 24_000
"""Samples a second: speech and its tone, a third of what music takes."""

BITS = 48_000
"""A second: five minutes are 1.8 MB."""

_LEAST = 0.2
"""Seconds. Shorter is a slip of the finger."""


def voice(content: bytes, kind: str, limits: Limits) -> Made:
    """`kind` as FFmpeg names it; no other of its formats is tried. `CannotMake`."""
    most = limits.minutes * 60
    out = io.BytesIO()
    try:
        with av.open(io.BytesIO(content), "r", format=kind) as file:
            if not file.streams.audio or _is_film(file):
                raise CannotMake(Wrong.NOT_THIS)
            if file.duration is not None and file.duration / av.time_base > most + 1:
                raise CannotMake(Wrong.TOO_LONG)  # before anything is unpacked
            stream = file.streams.audio[0]
            stream.codec_context.thread_count = 1
            samples = _write(out, file.decode(stream), most)
    except (av.FFmpegError, ValueError, OverflowError):
        raise CannotMake(Wrong.BROKEN) from None
    if samples < _LEAST * RATE:
        raise CannotMake(Wrong.EMPTY)
    return Made(Medium.VOICE, "audio/mpeg", out.getvalue(), max(1, round(samples / RATE)))


def _is_film(file: "av.container.InputContainer") -> bool:
    """Whether it shows more than a cover."""
    return any(stream.codec_context.name not in ("mjpeg", "png") for stream in file.streams.video)


def _write(out: io.BytesIO, frames: Iterator[AudioFrame], most: int) -> int:
    """How many samples it has. What a file says of its length need not be so."""
    resampler = AudioResampler(format="s16p", layout="mono", rate=RATE)
    samples = 0
    # No tags. That LAME fills its last frame with its name says nothing of anybody.
    options = {"id3v2_version": "0", "write_id3v1": "0", "write_xing": "0"}
    with av.open(out, "w", format="mp3", options=options) as made:
        to = made.add_stream("libmp3lame", rate=RATE, layout="mono", format="s16p")
        to.bit_rate = BITS
        for frame in _resampled(resampler, frames):
            samples += frame.samples
            if samples > most * RATE:
                raise CannotMake(Wrong.TOO_LONG)
            made.mux(to.encode(frame))
        if samples:
            made.mux(to.encode(None))
    return samples


def _resampled(resampler: AudioResampler, frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    for frame in frames:
        frame.pts = None  # gaps and jumps of a recorder are closed
        yield from resampler.resample(frame)
    yield from resampler.resample(None)
