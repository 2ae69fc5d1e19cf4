"""Photos from phones, from editors, from attackers: each decodes upright and small, or is refused by name."""

from __future__ import annotations

import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ml.faces.decode import ENOUGH, decode, upright
from ml.faces.photo import LIMITS, DamagedPhoto, EmptyFile, PhotoError, TooLarge, UnsupportedFormat, inspect, sniff

ROOT = Path(__file__).parents[2]
# What each file of odd/ that is no valid picture, or none that we take, is answered with.
REFUSED = {
    "animated.gif": ("unsupported_format", 415),
    "bomb_30000x30000.png": ("too_large", 413),
    "empty.jpg": ("empty_file", 422),
    "header_only.jpg": ("damaged", 422),
    "text_renamed.jpg": ("unsupported_format", 415),
    "truncated.jpg": ("damaged", 422),
}
Encode = Callable[..., bytes]


def scene(width: int = 90, height: int = 60) -> np.ndarray:
    """Four corners that cannot be mistaken for each other."""
    pixels = np.full((height, width, 3), 128, dtype=np.uint8)
    half = height // 2, width // 2
    pixels[: half[0], : half[1]] = (220, 20, 20)
    pixels[: half[0], half[1] :] = (20, 220, 20)
    pixels[half[0] :, : half[1]] = (20, 20, 220)
    return pixels


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp"), ("HEIF", "heic")])
def test_every_format_comes_back_as_the_same_picture(encode: Encode, kind: str, name: str) -> None:
    data = encode(scene(), kind, quality=95)
    header = inspect(data)
    assert (header.format, header.width, header.height) == (name, 90, 60)
    picture = decode(data)
    assert picture.rgb.shape == (60, 90, 3)
    assert picture.scale == 1.0
    quarters = np.ix_([15, 45], [20, 70])
    assert np.abs(picture.rgb[quarters].astype(int) - scene()[quarters]).max() < 12


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_undone(encode: Encode, orientation: int) -> None:
    as_shot = {
        1: lambda p: p,
        2: lambda p: p[:, ::-1],
        3: lambda p: p[::-1, ::-1],
        4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, 1),
        7: lambda p: p.transpose(1, 0, 2)[::-1, ::-1],
        8: lambda p: np.rot90(p, -1),
    }[orientation](scene())
    exif = Image.Exif()
    exif[274] = orientation
    data = encode(np.ascontiguousarray(as_shot), "PNG", exif=exif)
    assert inspect(data).orientation == orientation
    assert np.array_equal(decode(data).rgb, scene())
    assert np.array_equal(upright(np.ascontiguousarray(as_shot), orientation), scene())


def test_orientation_is_found_behind_the_pixels_too(encode: Encode) -> None:
    """A PNG's metadata may follow its pixels, which the check of the header does not load for it."""
    exif = Image.Exif()
    exif[274] = 3
    data = encode(np.ascontiguousarray(scene()[::-1, ::-1]), "PNG", exif=exif)
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    late = data[:start] + data[end:-12] + data[start:end] + data[-12:]
    assert np.array_equal(decode(late).rgb, scene())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_the_header_is_checked_without_the_pixels(encode: Encode, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API would hold 64 megapixels of a PNG of a few kilobytes."""
    data = encode(scene(), kind)
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _: pytest.fail("pixels were loaded"))
    assert inspect(data).width == 90


def test_broken_orientation_counts_as_upright(encode: Encode) -> None:
    exif = Image.Exif()
    exif[274] = 77
    assert inspect(encode(scene(), "JPEG", exif=exif)).orientation == 1


def test_a_large_jpeg_is_shrunk_while_decoding(encode: Encode) -> None:
    data = encode(scene(4032, 3024))
    picture = decode(data)
    assert picture.rgb.shape == (756, 1008, 3)
    assert picture.scale == pytest.approx(4.0)
    assert max(picture.rgb.shape) >= ENOUGH


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1", "I;16"])
def test_every_kind_of_png_is_shrunk_before_its_colours_are_all_converted(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a palette with transparency, 64 megapixels in 77 kB, a worker would hold 1.3 GB."""
    wide, file = scene(4031, 3021), io.BytesIO()
    deep = Image.fromarray(wide[:, :, 0].astype(np.uint16) << 8)
    picture = deep if mode == deep.mode else Image.fromarray(wide).convert(mode)
    picture.save(file, "PNG", **({"transparency": 0} if mode == "P" else {}))
    converted, convert = [], Image.Image.convert

    def seen(image: Image.Image, *given: object, **named: object) -> Image.Image:
        converted.append(image.width * image.height)
        return convert(image, *given, **named)

    monkeypatch.setattr(Image.Image, "convert", seen)
    shrunk = decode(file.getvalue())
    assert shrunk.rgb.shape == (756, 1008, 3)
    assert shrunk.scale == pytest.approx(4.0, abs=0.01)
    assert max(converted, default=0) < 4031 * 3021 / 10


def test_an_opaque_webp_is_not_held_by_pillow(encode: Encode, monkeypatch: pytest.MonkeyPatch) -> None:
    """64 megapixels in 170 kB took a gigabyte there."""
    noise = np.random.default_rng(6).integers(0, 255, (90, 70, 3), dtype=np.uint8)
    data = encode(noise, "WEBP", quality=60)
    with Image.open(io.BytesIO(data)) as image:
        expected = np.asarray(image)
    monkeypatch.setattr("PIL.WebPImagePlugin.WebPImageFile.load", lambda _: pytest.fail("Pillow loaded it"))
    assert np.array_equal(decode(data).rgb, expected)


def cut_with_a_thumbnail(photo: bytes) -> bytes:
    """Half a photo whose metadata holds an end marker, as that of a thumbnail does."""
    thumbnail = b"Exif\0\0 a thumbnail \xff\xd9"
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    return photo[:2] + segment + photo[2 : len(photo) // 2]


def test_the_end_of_a_thumbnail_is_not_that_of_the_photo(encode: Encode) -> None:
    noise = np.random.default_rng(4).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    with pytest.raises(DamagedPhoto):
        decode(cut_with_a_thumbnail(encode(noise)))


@pytest.mark.parametrize("size", [(640, 480), (1931, 1447), (321, 3847)])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"subsampling": 1}, {"grey": True}])
def test_jpegs_have_the_pixels_that_pillow_reads(encode: Encode, size: tuple[int, int], options: dict) -> None:
    rows, columns = np.mgrid[: size[1], : size[0]]
    pixels = np.dstack([columns % 251, rows % 241, (columns + rows) % 239]).astype(np.uint8)
    pixels, options = (pixels[:, :, 0], {}) if "grey" in options else (pixels, options)
    data = encode(np.ascontiguousarray(pixels), "JPEG", **options)
    factor = next(f for f in (8, 4, 2, 1) if max(size) >= f * ENOUGH or f == 1)
    with Image.open(io.BytesIO(data)) as image:
        image.draft("RGB", (size[0] // factor, size[1] // factor))
        assert np.array_equal(decode(data).rgb, np.asarray(image.convert("RGB")))


def test_a_jpeg_thinner_than_it_is_shrunk_is_read(encode: Encode) -> None:
    assert decode(encode(np.zeros((9000, 3, 3), dtype=np.uint8))).rgb.shape[1:] == (1, 3)


def test_what_follows_a_jpeg_does_no_harm(encode: Encode) -> None:
    """Phones append depth maps and short films."""
    data = encode(scene())
    assert np.array_equal(decode(data + b"and a film" * 50).rgb, decode(data).rgb)


def test_transparency_lies_on_grey(encode: Encode) -> None:
    pixels = np.dstack([scene(), np.zeros((60, 90), dtype=np.uint8)])
    assert np.abs(decode(encode(pixels, "PNG")).rgb.astype(int) - 128).max() <= 1


def test_sixteen_bits_keep_their_shades(encode: Encode) -> None:
    ramp = np.tile(np.linspace(0, 65_535, 256).astype(np.uint16), (64, 1))
    rgb = decode(encode(ramp, "PNG")).rgb
    assert np.array_equal(rgb[0, :, 0], ramp[0] >> 8)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", EmptyFile),
        (b"hello, I am not a picture", UnsupportedFormat),
        (b"GIF89a" + bytes(40), UnsupportedFormat),
        (b"\xff\xd8\xff", DamagedPhoto),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), DamagedPhoto),
        (b"RIFF\x00\x00\x00\x00WEBP" + bytes(40), DamagedPhoto),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), DamagedPhoto),
        (b"\xff\xd8\xff" + bytes(LIMITS.max_bytes), TooLarge),
    ],
)
def test_what_is_no_photo_is_refused_from_its_header(data: bytes, error: type[PhotoError]) -> None:
    with pytest.raises(error) as caught:
        inspect(data)
    assert str(caught.value).endswith(".")


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    """The header claims 40,000 x 40,000; there are no pixels behind it that could be decoded."""
    chunk = b"IHDR" + (40_000).to_bytes(4, "big") * 2 + b"\x08\x02\x00\x00\x00"
    data = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d" + chunk + zlib.crc32(chunk).to_bytes(4, "big") + b"\x00\x00\x00\x00IDAT"
    with pytest.raises(TooLarge):
        inspect(data)


def test_48_megapixels_pass_and_65_do_not(encode: Encode) -> None:
    assert inspect(encode(np.zeros((6048, 8064), dtype=np.uint8))).width == 8064
    with pytest.raises(TooLarge, match="64 megapixels"):
        inspect(encode(np.zeros((8100, 8100), dtype=np.uint8)))
    with pytest.raises(TooLarge, match="16,384 pixels a side"):
        inspect(encode(np.zeros((4, 20_000), dtype=np.uint8)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_cut_off_half_way_is_damaged(encode: Encode, kind: str) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    data = encode(noise, kind)
    with pytest.raises(DamagedPhoto):
        decode(data[: len(data) // 2])


def test_no_prefix_of_a_photo_raises_anything_else(encode: Encode) -> None:
    data = encode(np.random.default_rng(5).integers(0, 255, (12, 16, 3), dtype=np.uint8), "PNG")
    codes = set()
    for length in range(0, len(data) * 9 // 10, 7):
        with pytest.raises(PhotoError) as caught:
            decode(data[:length])
        codes.add(caught.value.code)
    assert codes == {"empty_file", "unsupported_format", "damaged"}


def test_an_animation_is_refused(encode: Encode) -> None:
    frames = [Image.fromarray(np.full((20, 20, 3), v, dtype=np.uint8)) for v in (0, 128, 255)]
    data = encode(np.zeros((20, 20, 3), dtype=np.uint8), "WEBP", save_all=True, append_images=frames)
    assert sniff(data) == "webp"
    with pytest.raises(UnsupportedFormat, match="still"):
        inspect(data)


@pytest.mark.shared
def test_odd_files_get_their_named_answers(photos: Path) -> None:
    answers = {}
    for path in sorted((photos / "odd").iterdir()):
        try:
            assert decode(path.read_bytes()).rgb.dtype == np.uint8
        except PhotoError as error:
            answers[path.name] = (error.code, error.status)
    assert answers == REFUSED


@pytest.mark.shared
def test_rotated_photos_equal_the_upright_one(photos: Path) -> None:
    reference = decode((photos / "odd" / "exif_none.jpg").read_bytes()).rgb.astype(float)
    for path in (photos / "odd").glob("exif_orientation_*.jpg"):
        rgb = decode(path.read_bytes()).rgb
        assert np.abs(rgb - reference).mean() < 3, path.name


@pytest.mark.shared
@pytest.mark.parametrize("name", ["grey16.png", "cmyk.jpg", "rgba.png", "photo.heic"])
def test_unusual_pixels_keep_their_light(photos: Path, name: str) -> None:
    rgb = decode((photos / "odd" / name).read_bytes()).rgb
    assert 90 < rgb.mean() < 170
    assert rgb.std() > 25


@pytest.mark.shared
def test_all_odd_files_together_stay_below_a_gigabyte(photos: Path) -> None:
    script = (
        "import re, sys\nfrom pathlib import Path\n"
        "from ml.faces.decode import decode\nfrom ml.faces.photo import PhotoError\n"
        "for path in Path(sys.argv[1]).iterdir():\n"
        "    try:\n        decode(path.read_bytes())\n    except PhotoError:\n        pass\n"
        # Not ru_maxrss: that is inherited from the process that starts this one.
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(photos / "odd")], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 600_000  # kilobytes; the networks of a worker need 300 MB beside it


def test_the_header_check_loads_no_model_runtime() -> None:
    script = (
        "import sys, ml.faces.photo\n"
        "print([m for m in ('cv2', 'dlib', 'onnxruntime', 'retinaface', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
