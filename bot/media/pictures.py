"""A picture made anew: its pixels, upright, and nothing of where, when and by whom.

Only in the process that ends after it (`worker.py`).
"""

import io
import warnings

from PIL import Image, ImageOps

from bot.service.made import CannotMake, Limits, Made, Wrong
from conversations.attaching import Medium

MOST_DRAWN = 1_000_000
"""Bytes as PNG; what is bigger is no drawing but a photograph, and becomes a JPEG."""

_QUALITY = 85


def picture(content: bytes, kind: str, limits: Limits) -> Made:
    """`kind` as Pillow names it; no other of its formats is tried. `CannotMake`."""
    side = limits.longest_side
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    Image.MAX_IMAGE_PIXELS = limits.megapixels * 1_000_000
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as opened:
            # Its size stands in its head: a bomb is refused before a pixel is unpacked.
            if opened.width * opened.height > limits.megapixels * 1_000_000:
                raise CannotMake(Wrong.TOO_LARGE)
            if kind == "JPEG":  # a big one is unpacked small, which takes a fraction of the memory
                opened.draft("RGB", (side, side))
            clean = _clean(opened, side)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise CannotMake(Wrong.TOO_LARGE) from None
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, TypeError, KeyError):
        raise CannotMake(Wrong.BROKEN) from None  # what Pillow raises on a file that is none
    if kind in ("PNG", "GIF"):
        drawn = _saved(clean, "PNG", optimize=True)
        if len(drawn) <= MOST_DRAWN:
            return Made(Medium.PICTURE, "image/png", drawn)
    return Made(Medium.PICTURE, "image/jpeg", _saved(clean, "JPEG", quality=_QUALITY))


def _clean(opened: Image.Image, side: int) -> Image.Image:
    """The first frame, upright, on white, on a canvas of its own: what else stood in the file
    (place, time, camera, comments, profiles, what is appended) is not copied."""
    upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((side, side), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", upright.size, "white")
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        clean.paste(seen, mask=seen.getchannel("A"))
    else:
        clean.paste(upright.convert("RGB"))
    return clean


def _saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()
