"""What a voice says of itself, in its own language."""

# ruff: noqa: RUF001
# Other languages have other punctuation.

from __future__ import annotations

GREETINGS = {
    "af": "Hallo, dit is hoe ek klink.",
    "ar": "مرحبا، هكذا يبدو صوتي.",
    "bg": "Здравейте, така звучи гласът ми.",
    "bn": "নমস্কার, আমার কণ্ঠ এই রকম শোনায়।",
    "ca": "Hola, així és com sona la meva veu.",
    "cs": "Dobrý den, takhle zní můj hlas.",
    "cy": "Helo, dyma sut mae fy llais yn swnio.",
    "da": "Hej, sådan lyder min stemme.",
    "de": "Hallo, so klingt meine Stimme.",
    "el": "Γεια σας, έτσι ακούγεται η φωνή μου.",
    "en": "Hello, this is how I sound.",
    "eo": "Saluton, tiel sonas mia voĉo.",
    "es": "Hola, así suena mi voz.",
    "et": "Tere, selline on minu hääl.",
    "eu": "Kaixo, honelakoa da nire ahotsa.",
    "fa": "سلام، صدای من این‌گونه است.",
    "fi": "Hei, tältä ääneni kuulostaa.",
    "fr": "Bonjour, voici le son de ma voix.",
    "ga": "Dia duit, seo é mo ghlór.",
    "he": "שלום, כך נשמע הקול שלי.",
    "hi": "नमस्ते, मेरी आवाज़ ऐसी है।",
    "hr": "Dobar dan, ovako zvuči moj glas.",
    "hu": "Jó napot, így szól a hangom.",
    "id": "Halo, beginilah suara saya.",
    "is": "Halló, svona hljómar röddin mín.",
    "it": "Ciao, questa è la mia voce.",
    "ja": "こんにちは、これが私の声です。",
    "ko": "안녕하세요, 제 목소리입니다.",
    "la": "Salve, haec est vox mea.",
    "lt": "Sveiki, taip skamba mano balsas.",
    "lv": "Sveiki, tā skan mana balss.",
    "ms": "Helo, beginilah suara saya.",
    "nb": "Hei, slik høres stemmen min ut.",
    "nl": "Hallo, zo klinkt mijn stem.",
    "no": "Hei, slik høres stemmen min ut.",
    "pl": "Dzień dobry, tak brzmi mój głos.",
    "pt": "Olá, esta é a minha voz.",
    "ro": "Bună ziua, așa sună vocea mea.",
    "ru": "Здравствуйте, так звучит мой голос.",
    "sk": "Dobrý deň, takto znie môj hlas.",
    "sl": "Dober dan, tako zveni moj glas.",
    "sq": "Përshëndetje, kështu tingëllon zëri im.",
    "sr": "Dobar dan, ovako zvuči moj glas.",
    "sv": "Hej, så här låter min röst.",
    "sw": "Habari, hii ndiyo sauti yangu.",
    "ta": "வணக்கம், என் குரல் இப்படித்தான் இருக்கும்.",
    "te": "నమస్కారం, నా గొంతు ఇలా ఉంటుంది.",
    "th": "สวัสดี นี่คือเสียงของฉัน",
    "tr": "Merhaba, sesim böyle.",
    "uk": "Добрий день, так звучить мій голос.",
    "ur": "السلام علیکم، میری آواز ایسی ہے۔",
    "vi": "Xin chào, đây là giọng nói của tôi.",
    "cmn": "你好，这是我的声音。",
    "yue": "你好，呢個係我嘅聲音。",
    "zh": "你好，这是我的声音。",
}
"""By the first part of a language tag."""


def greeting(language: str, title: str) -> str:
    """A fitting sentence in that language; where none is known, the voice's own title."""
    return GREETINGS.get(language.lower().split("-")[0], title)
