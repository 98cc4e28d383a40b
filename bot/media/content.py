"""What a file is, by its first bytes. Its name and the type that a browser gives it say nothing."""

from conversations.attaching import Medium

HEAD = 16
"""Bytes that are enough to know."""

_SOUND_BRANDS = (b"M4A ", b"mp4", b"iso", b"M4V ", b"qt  ", b"3gp", b"dash", b"MSNV")


def picture(head: bytes) -> str | None:
    """As Pillow names it; None for anything else, such as SVG, which is a script that draws."""
    match head:
        case _ if head.startswith(b"\xff\xd8\xff"):
            return "JPEG"
        case _ if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return "PNG"
        case _ if head.startswith((b"GIF87a", b"GIF89a")):
            return "GIF"
        case _ if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
            return "WEBP"
        case _:
            return None


def sound(head: bytes) -> str | None:
    """As FFmpeg names what takes it apart. None for anything else: some of its formats are lists
    of other files and addresses, which it would open."""
    match head:
        case _ if head.startswith(b"OggS"):
            return "ogg"
        case _ if head.startswith(b"\x1a\x45\xdf\xa3"):
            return "matroska"
        case _ if head[4:8] == b"ftyp" and head[8:].startswith(_SOUND_BRANDS):
            return "mov"
        case _ if head.startswith(b"RIFF") and head[8:12] == b"WAVE":
            return "wav"
        case _ if head.startswith(b"fLaC"):
            return "flac"
        case _ if head.startswith(b"#!AMR"):
            return "amr"
        case _ if head.startswith((b"\xff\xf1", b"\xff\xf9")):
            return "aac"
        case _ if head.startswith((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")):
            return "mp3"
        case _:
            return None


def kind(medium: Medium, head: bytes) -> str | None:
    """The format of a file that is of this medium."""
    return picture(head) if medium is Medium.PICTURE else sound(head)
