"""Voice notes and pictures are made anew, each in a process of its own that ends with it."""

import asyncio
import gc
import io
import os
import resource
from dataclasses import replace
from pathlib import Path

import av
import pytest
from PIL import Image

from bot.media.remaking import Remaker
from bot.media.voice import RATE
from bot.service.made import CannotMake, Limits, Wrong
from conversations.attaching import Medium
from tests.media import files

LIMITS = Limits(megabytes=20, megapixels=50, minutes=5)


@pytest.fixture
def remake() -> Remaker:
    return Remaker(LIMITS)


async def _refused(remake: Remaker, medium: Medium, content: bytes) -> Wrong:
    with pytest.raises(CannotMake) as caught:
        await remake(medium, content)
    return caught.value.wrong


def _colour(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    found = image.getpixel((x, y))
    assert isinstance(found, tuple)
    return found


def _opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


async def test_a_photograph_keeps_its_pixels_and_nothing_of_where_and_with_what(
    remake: Remaker,
) -> None:
    sent = files.photograph()
    assert files.CAMERA.encode() in sent
    assert dict(Image.open(io.BytesIO(sent)).getexif().get_ifd(0x8825))

    made = await remake(Medium.PICTURE, sent)

    assert made.media_type == "image/jpeg"
    image = _opened(made.content)
    assert image.size == (640, 480)
    red, green, _blue = _colour(image, 50, 200)
    assert red > 240
    assert green < 20
    assert not image.getexif()
    assert not {"comment", "icc_profile", "exif", "xmp"} & set(image.info)
    for secret in (files.CAMERA, files.WORDS, "Exif"):
        assert secret.encode() not in made.content


async def test_a_photograph_of_a_phone_held_upright_stands_upright(remake: Remaker) -> None:
    made = await remake(Medium.PICTURE, files.photograph(turned=True))

    image = _opened(made.content)
    assert image.size == (480, 640)
    assert _colour(image, 240, 50)[1] < 20  # red, now on top


async def test_a_drawing_stays_sharp_on_white(remake: Remaker) -> None:
    made = await remake(Medium.PICTURE, files.drawing())

    assert made.media_type == "image/png"
    image = _opened(made.content)
    assert image.mode == "RGB"
    assert image.getpixel((290, 10)) == (255, 255, 255)
    assert image.getpixel((150, 100)) == (0, 0, 255)
    assert not image.info
    assert files.WORDS.encode() not in made.content


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
async def test_what_phones_and_computers_make_is_taken(remake: Remaker, kind: str) -> None:
    made = await remake(Medium.PICTURE, files.saved(kind))

    assert _opened(made.content).size == (40, 30)


async def test_a_big_photograph_is_made_smaller_and_keeps_its_shape(remake: Remaker) -> None:
    made = await remake(Medium.PICTURE, files.photograph(6000, 4000))

    assert _opened(made.content).size == (LIMITS.longest_side, round(LIMITS.longest_side * 2 / 3))


async def test_a_bomb_of_12_000_pixels_is_refused_before_a_pixel_is_unpacked(
    remake: Remaker,
) -> None:
    sent = files.bomb()
    assert len(sent) < 600_000
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    assert await _refused(remake, Medium.PICTURE, sent) is Wrong.TOO_LARGE

    used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    assert used < 2.0  # unpacking it takes longer on this machine


async def test_a_picture_whose_comment_is_a_bomb_takes_no_more_memory_than_it_may(
    remake: Remaker,
) -> None:
    sent = files.text_bomb()
    assert len(sent) < 2_000_000

    assert await _refused(remake, Medium.PICTURE, sent) in (Wrong.BROKEN, Wrong.TOO_LARGE)


@pytest.mark.parametrize("name", files.polyglots())
async def test_of_a_picture_that_is_a_script_besides_only_the_picture_is_left(
    remake: Remaker, name: str
) -> None:
    made = await remake(Medium.PICTURE, files.polyglots()[name])

    assert b"script" not in made.content
    assert b"PK\x03\x04" not in made.content
    _opened(made.content)


@pytest.mark.parametrize("name", files.no_pictures())
async def test_what_is_no_picture_is_refused_whatever_it_says(remake: Remaker, name: str) -> None:
    assert await _refused(remake, Medium.PICTURE, files.no_pictures()[name]) is Wrong.NOT_THIS


@pytest.mark.parametrize("length", [20, 200, 2000])
async def test_a_picture_that_is_cut_off_is_refused(remake: Remaker, length: int) -> None:
    assert await _refused(remake, Medium.PICTURE, files.photograph()[:length]) is Wrong.BROKEN


async def test_a_file_of_nothing_and_one_of_too_many_bytes_are_refused() -> None:
    remake = Remaker(replace(LIMITS, megabytes=1))

    assert await _refused(remake, Medium.PICTURE, b"") is Wrong.EMPTY
    big = files.photograph() + bytes(1024 * 1024)
    assert await _refused(remake, Medium.PICTURE, big) is Wrong.TOO_BIG


@pytest.mark.parametrize("kind", ["webm", "mp4", "ogg", "mp3", "wav", "flac", "adts"])
async def test_what_recorders_make_becomes_sound_that_every_desk_plays(
    remake: Remaker, kind: str
) -> None:
    made = await remake(Medium.VOICE, files.sound(kind, 2.0))

    assert made.media_type == "audio/mpeg"
    assert made.seconds == 2
    with av.open(io.BytesIO(made.content), "r", format="mp3") as file:
        stream = file.streams.audio[0]
        assert (stream.rate, stream.channels) == (RATE, 1)
        assert not file.metadata
        samples = sum(frame.samples for frame in file.decode(stream))
    assert 1.9 < samples / RATE < 2.2
    for secret in (files.WORDS, "ID3", "Lavf", "Lavc"):
        assert secret.encode() not in made.content


async def test_a_voice_note_of_half_an_hour_is_refused_before_it_is_listened_to(
    remake: Remaker,
) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime

    assert await _refused(remake, Medium.VOICE, files.sound("ogg", 1800.0)) is Wrong.TOO_LONG

    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before < 2.0


async def test_a_voice_note_that_says_it_is_short_and_is_not_is_refused() -> None:
    remake = Remaker(replace(LIMITS, minutes=1))
    sent = files.sound("adts", 90.0)  # its head says nothing of its length

    assert await _refused(remake, Medium.VOICE, sent) is Wrong.TOO_LONG


@pytest.mark.parametrize("name", files.no_sounds())
async def test_what_is_no_sound_is_refused_whatever_it_says(remake: Remaker, name: str) -> None:
    assert await _refused(remake, Medium.VOICE, files.no_sounds()[name]) is Wrong.NOT_THIS


async def test_a_slip_of_the_finger_is_no_voice_note(remake: Remaker) -> None:
    assert await _refused(remake, Medium.VOICE, files.sound("wav", 0.1)) is Wrong.EMPTY


@pytest.mark.parametrize("length", [40, 400])
async def test_sound_that_is_cut_off_at_its_beginning_is_refused(
    remake: Remaker, length: int
) -> None:
    cut = files.sound("mp4")[:length]

    assert await _refused(remake, Medium.VOICE, cut) is Wrong.BROKEN


async def test_files_that_come_together_are_not_mixed_up(remake: Remaker) -> None:
    widths = range(100, 108)

    made = await asyncio.gather(
        *(remake(Medium.PICTURE, files.photograph(width, 50)) for width in widths)
    )

    assert [_opened(one.content).width for one in made] == list(widths)


async def test_who_gives_up_leaves_no_process_behind(remake: Remaker) -> None:
    asking = asyncio.create_task(remake(Medium.VOICE, files.sound("flac", 100.0)))
    while not (found := _workers()):
        await asyncio.sleep(0.005)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert not found & _workers()
    gc.collect()  # its pipes are closed too, or this warns


async def test_the_process_knows_none_of_our_settings(
    remake: Remaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAYSO_TELEGRAM_TOKEN", "123:secret")
    asking = asyncio.create_task(remake(Medium.VOICE, files.sound("flac", 100.0)))
    while not (found := _workers()):
        await asyncio.sleep(0.005)
    environment = Path(f"/proc/{min(found)}/environ").read_bytes()
    await asking

    assert b"SAYSO" not in environment


def _workers() -> set[int]:
    """Processes of ours that make something anew."""
    mine = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return {
        int(pid) for pid in mine if b"bot.media.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
    }
