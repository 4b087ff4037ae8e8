"""How a VITS's text becomes numbers: by the library's own cleaning, and by Mynah's espeak where it wants phonemes.

The library runs the program `espeak-ng` for them, which a host may not have. The same comes out of espeak's library,
which every install has: for 30 of 32 pieces of text in 13 languages it is what the program of version 1.51 says (the
other two are Mandarin, which was read otherwise then). Where a model wants a phonemizer of its own (Bangla, Belarusian,
Japanese, Korean, Chinese) the library's is taken, and the host has to install what it needs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.coqui_engine import compat
from engine.coqui_engine.layout import BadModel
from engine.espeak_library import espeak_library

compat.prepare()

from TTS.tts.models.vits import VitsCharacters  # noqa: E402  # the library can be imported only behind `prepare`
from TTS.tts.utils.text import cleaners  # noqa: E402  # likewise
from TTS.tts.utils.text.characters import Graphemes, IPAPhonemes  # noqa: E402  # likewise
from TTS.tts.utils.text.phonemizers import DEF_LANG_TO_PHONEMIZER, get_phonemizer_by_name  # noqa: E402  # likewise
from TTS.tts.utils.text.phonemizers.base import BasePhonemizer  # noqa: E402  # likewise
from TTS.tts.utils.text.tokenizer import TTSTokenizer  # noqa: E402  # likewise

if TYPE_CHECKING:
    from TTS.tts.configs.vits_config import VitsConfig

_CHARACTERS = {each.__name__: each for each in (VitsCharacters, IPAPhonemes, Graphemes)}
"""The sets of characters that a model may name; others would be whatever its configuration wants to have imported."""
_SWITCH = re.compile(r"\(.+?\)")
"""'(en)' among the phonemes: from here on espeak reads by another language."""
_OWN_NAMES = {"en": "en-us", "zh-cn": "cmn"}
"""What the library calls languages, and espeak does not."""
_OTHERS = {"be": "be_phonemizer", "bn": "bn_phonemizer", "ja-jp": "ja_jp_phonemizer", "ko-kr": "ko_kr_phonemizer",
           "zh-cn": "zh_cn_phonemizer"}  # fmt: skip
"""The languages for which the library takes another phonemizer than espeak."""


class Espeak(BasePhonemizer):  # type: ignore[misc]  # the library is not there for whoever checks types
    """The library's phonemizer of the same name, without the program that it runs."""

    def __init__(self, language: str) -> None:
        """Take a language as the library calls it."""
        super().__init__(_OWN_NAMES.get(language, language), keep_puncs=True)
        files = espeak_library().languages
        self._voice = next(file.path for file in files if self.language in file.languages)

    @staticmethod
    def name() -> str:
        """What it is called in configurations."""
        return "espeak"

    @classmethod
    def is_available(cls) -> bool:
        """It came with Mynah."""
        return True

    def version(self) -> str:
        """Return espeak's version."""
        return espeak_library().version

    @staticmethod
    def supported_languages() -> dict[str, str]:
        """Return the languages that it knows, by their tags."""
        return {tag: file.name for file in espeak_library().languages for tag in file.languages}

    def _phonemize(self, text: str, separator: str) -> str:
        clauses = espeak_library().phonemes(text, voice=self._voice)
        return "".join(_SWITCH.sub("", clause).strip() for clause in clauses)


def tokenizer(config: VitsConfig) -> TTSTokenizer:
    """Make what turns a model's text into numbers.

    Raises:
        BadModel: It wants something that is not there, or that is not known.
    """
    cleaner = config.text_cleaner
    clean = getattr(cleaners, cleaner, None) if isinstance(cleaner, str) else None
    if cleaner and not (callable(clean) and getattr(clean, "__module__", "") == cleaners.__name__):
        raise BadModel(f"there is no way of cleaning text that is called {cleaner!r}")
    return TTSTokenizer(
        use_phonemes=config.use_phonemes,
        text_cleaner=clean,
        characters=characters(config),
        phonemizer=_phonemizer(config) if config.use_phonemes else None,
        add_blank=config.add_blank,
        use_eos_bos=config.enable_eos_bos_chars,
    )


def characters(config: VitsConfig) -> VitsCharacters | IPAPhonemes | Graphemes:
    """Make the set of characters of a model.

    Raises:
        BadModel: It names one that is not known.
    """
    named = config.characters.characters_class if config.characters else ""
    usual = "IPAPhonemes" if config.use_phonemes else "Graphemes"
    kind = _CHARACTERS.get((named or usual).rpartition(".")[2])
    if kind is None:
        raise BadModel(f"there is no set of characters that is called {named!r}")
    made, _ = kind.init_from_config(config)
    return made


def _phonemizer(config: VitsConfig) -> BasePhonemizer:
    language, wanted = config.phoneme_language or "", config.phonemizer or ""
    name = wanted or _OTHERS.get(language, "espeak")
    try:
        if name == "espeak":
            return Espeak(language)
        DEF_LANG_TO_PHONEMIZER.setdefault("", "")  # else the library looks for programs that are not wanted
        return get_phonemizer_by_name(name, language=language)
    except (ImportError, KeyError, OSError, RuntimeError, StopIteration, ValueError) as error:
        raise BadModel(f"its phonemes cannot be made ({name}, {language!r}): {error}") from error
