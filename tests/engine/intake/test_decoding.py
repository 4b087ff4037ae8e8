"""Bytes become mono samples; what libsndfile cannot read, FFmpeg can, and neither opens anything else."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile  # type: ignore[import-untyped]  # it has no types
from numpy.typing import NDArray

from engine.intake.av_reader import AvReader
from engine.intake.containers import MATROSKA, MOV, WAV, recognise
from engine.intake.decoding import Decoding
from engine.intake.errors import NotFinite, OtherCodec, Soundless, TooLong, Unreadable
from engine.intake.limits import USUAL, Limits
from engine.intake.soundfile_reader import SoundfileReader
from tests.hostile_audio.sounds import HEIGHT, RATE, by_av, by_soundfile, tone, wav


def decoded(content: bytes, limits: Limits = USUAL) -> tuple[Decoding, NDArray[np.float32]]:
    decoding = Decoding(io.BytesIO(content), recognise(content), limits)
    return decoding, np.concatenate(list(decoding.blocks()))


@pytest.mark.parametrize(
    ("content", "codec", "off"),
    [
        (by_soundfile("WAV", "PCM_16"), "pcm_16", 1e-4),
        (by_soundfile("WAV", "PCM_U8"), "pcm_u8", 0.01),
        (by_soundfile("FLAC", "PCM_24"), "pcm_24", 1e-6),
        (by_av("matroska", "pcm_s16le"), "pcm_s16le", 1e-4),
        (by_av("matroska", "pcm_u8"), "pcm_u8", 0.01),
        (by_av("matroska", "pcm_s24le"), "pcm_s24le", 1e-4),
        (by_av("matroska", "pcm_f32le"), "pcm_f32le", 1e-4),
        (by_av("ipod", "alac"), "alac", 1e-4),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_full_scale_is_1_however_samples_are_packed(content: bytes, codec: str, off: float) -> None:
    decoding, samples = decoded(content)
    assert decoding.codec == codec
    assert np.abs(samples - tone(1.0)[:, 0]).max() < off


def test_channels_are_mixed_to_their_mean() -> None:
    left, right = tone(1.0)[:, 0], 0.5 * tone(1.0)[:, 0]
    both = np.stack([left, right], axis=1).astype("<f4").tobytes()
    decoding, samples = decoded(wav(both, tag=3, bits=32, channels=2))
    assert decoding.channels == 2
    assert np.abs(samples - (left + right) / 2).max() < 1e-6


@pytest.mark.parametrize(
    ("bits", "tag", "full", "soft"),
    [(16, 1, b"\xff\x7f", b"\x00\x60"), (8, 1, b"\xff", b"\xe0"), (8, 7, b"\x80", b"\x90"), (8, 6, b"\xaa", b"\xba")],
    ids=["16 bits", "8 bits", "mu-law", "A-law"],
)
def test_clipped_is_the_share_at_full_scale_of_what_the_packing_can_hold(
    bits: int, tag: int, full: bytes, soft: bytes
) -> None:
    decoding, _ = decoded(wav(full * 250 + soft * 750, bits=bits, tag=tag))
    assert decoding.clipped == pytest.approx(0.25)


def test_clipping_is_counted_before_channels_are_mixed() -> None:
    one_side = np.stack([np.full(RATE, 32_767), np.zeros(RATE)], axis=1).astype("<i2").tobytes()
    decoding, samples = decoded(wav(one_side, channels=2))
    assert decoding.clipped == 0.5
    assert samples.max() < 0.6


def test_floats_beyond_full_scale_are_not_clipped() -> None:
    loud = (2 * tone(1.0)[:, 0] / HEIGHT).astype("<f4").tobytes()
    decoding, samples = decoded(wav(loud, tag=3, bits=32))
    assert decoding.clipped < 0.01
    assert samples.max() > 1.9


def test_nothing_is_decoded_beyond_the_limit() -> None:
    content = by_soundfile("FLAC", "PCM_16", seconds=3)
    assert len(decoded(content, Limits(seconds=3))[1]) == 3 * RATE
    with pytest.raises(TooLong):
        decoded(content, Limits(seconds=2.9))


def test_one_sample_that_is_no_number_refuses_the_whole() -> None:
    samples = tone(1.0)[:, 0].astype("<f4")
    samples[-1] = np.nan
    with pytest.raises(NotFinite):
        decoded(wav(samples.tobytes(), tag=3, bits=32))


def test_what_libsndfile_takes_for_another_kind_it_does_not_read() -> None:
    with pytest.raises(Unreadable):
        SoundfileReader(io.BytesIO(by_soundfile("FLAC", "PCM_16")), WAV)
    with pytest.raises(Unreadable):
        SoundfileReader(io.BytesIO(by_soundfile("W64", "PCM_16")), WAV)


def test_ffmpeg_reads_as_what_it_is_told_and_never_as_a_playlist() -> None:
    for content in (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", b"ffconcat version 1.0\nfile /etc/hostname\n"):
        for container in (WAV, MOV, MATROSKA):
            with pytest.raises((Unreadable, OtherCodec)):
                AvReader(io.BytesIO(content), container)


def test_a_video_has_sound_or_is_refused_for_having_none() -> None:
    reader = AvReader(io.BytesIO(by_av("mp4", "aac", video=True)), MOV)
    assert (reader.codec, reader.channels, reader.rate) == ("aac", 1, RATE)
    with pytest.raises(Soundless):
        AvReader(io.BytesIO(by_av("mp4", "", video=True)), MOV)


def test_a_codec_that_is_not_allowed_is_not_opened() -> None:
    with pytest.raises(OtherCodec):
        AvReader(io.BytesIO(by_av("matroska", "tta")), MATROSKA)


def test_a_damaged_stretch_is_left_out() -> None:
    whole = by_av("adts", "aac", seconds=4)
    middle = len(whole) // 2
    _, samples = decoded(whole[:middle] + bytes(60) + whole[middle + 60 :])
    assert 3.5 < len(samples) / RATE <= 4.2


def test_a_reader_that_says_that_fewer_than_no_samples_are_left_reads_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = SoundfileReader(io.BytesIO(by_soundfile("WAV", "PCM_16", seconds=0.1)), WAV)
    monkeypatch.setattr("soundfile.SoundFile._check_frames", lambda *given: -1)
    with pytest.raises(Unreadable):
        list(reader.blocks())


def test_numbers_so_large_that_resampling_makes_none_of_them_are_refused() -> None:
    huge = np.resize(np.array([3e38, -3e38], np.float32), 9_600)
    made = io.BytesIO()
    soundfile.write(made, huge, 96_000, format="WAV", subtype="FLOAT")
    with pytest.raises(NotFinite):
        list(Decoding(io.BytesIO(made.getvalue()), WAV, USUAL).blocks())
