from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from engine.text.hygiene import clean, speakable
from engine.text.sentences import SENTENCE_LIMIT, sentences

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
WRAPPED = """The Time Traveller (for so it will be convenient to speak of
him) was expounding a recondite matter to us. His pale grey
eyes shone and twinkled, and his usually pale face was flushed
and animated."""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("...", []),
        ("\U0001f602", []),
        ("Hello", ["Hello"]),
        ("Dr. Smith paid 3.50.", ["Dr. Smith paid 3.50."]),
        ("Dr. Smith paid 3.50. Then he left!", ["Dr. Smith paid 3.50.", "Then he left!"]),
        ("J. R. R. Tolkien met Mrs. Jones vs. St. Mary.", ["J. R. R. Tolkien met Mrs. Jones vs. St. Mary."]),
        ("The U.S. Army. It was I. Yes.", ["The U.S. Army.", "It was I.", "Yes."]),
        ("No. 5 and Fig. 3, pp. 7. No. Never.", ["No. 5 and Fig. 3, pp. 7.", "No.", "Never."]),
        ("At 5 p.m. we met. See e.g. this.", ["At 5 p.m. we met.", "See e.g. this."]),
        ('"Stop!" he said. (Really?) Yes.', ['"Stop!" he said.', "(Really?)", "Yes."]),
        ("Wait... what? Well... Fine.", ["Wait... what?", "Well...", "Fine."]),
        ("What?! No!!! Yes", ["What?!", "No!!!", "Yes"]),
        ("\u00bfQu\u00e9? \u00a1S\u00ed!", ["\u00bfQu\u00e9?", "\u00a1S\u00ed!"]),
        ("Go to mynah.example.org now. Or 1.2.3.", ["Go to mynah.example.org now.", "Or 1.2.3."]),
        ("1. One\n2. Two", ["1. One", "2. Two"]),
        ("one\ntwo\n\nthree", ["one", "two", "three"]),
        ("\u4f60\u597d!\u4e16\u754c\u3002\u4eca\u5929", ["\u4f60\u597d!", "\u4e16\u754c\u3002", "\u4eca\u5929"]),
        ("\u300c\u4f60\u597d\u3002\u300d\u4ed6\u8bf4\u3002", ["\u300c\u4f60\u597d\u3002\u300d", "\u4ed6\u8bf4\u3002"]),
        (
            "\u0928\u092e\u0938\u094d\u0924\u0947\u0964 \u0906\u092a",
            ["\u0928\u092e\u0938\u094d\u0924\u0947\u0964", "\u0906\u092a"],
        ),
        (
            "\u0645\u0631\u062d\u0628\u0627\u061f \u0646\u0639\u0645",
            ["\u0645\u0631\u062d\u0628\u0627\u061f", "\u0646\u0639\u0645"],
        ),
        ("Hello! \U0001f602 ... Bye.", ["Hello! \U0001f602 ...", "Bye."]),
        ("... Hello", ["Hello"]),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("de", ["Er traf Dr. M\u00fcller am 4. Mai 2026 in der 4. Klasse.", "Dann ging er."]),
        ("de", ["Sie holte z. B. Hunde, d. h. Tiere usw.", "Er kam am 4.5.2026 an.", "Um 3.5 Uhr."]),
        ("de", ["Sie kam am 4. 5. 2026 an.", "Er wurde 3.", "Danach schlief er.", "Im Jahr 1984.", "Dann nicht."]),
        ("de", ["Das ist Wilhelm II.", "Er lebte.", "Prof. Dr. Klein kam um 10 Uhr.", "Nr. 5 lebt."]),
        ("en-us", ["The U.S. Army came.", "He lives in the U.S.", "The end."]),
        ("en-us", ["See Mr. Smith at 5 p.m.", "Then go.", "It costs approx. Five dollars etc.", "They left."]),
        ("en-gb", ["No.", "Never.", "No. 5.", "So it was I.", "Yes.", "Jan. 5 is cold."]),
        ("en-us", ["St. Mary is on Main St.", "He said so.", "See e.g. Smith et al.", "They know 3.5."]),
        ("fr", ["M. Dupont est l\u00e0.", "Voir p. 5.", "Il dit etc.", "Puis il part.", "J.-P. Sartre."]),
        ("es", ["El Sr. L\u00f3pez vive en EE. UU.", "Es grande.", "V\u00e9ase p\u00e1g. 5.", "La Dra. Ruiz."]),
        ("it", ["Il Sig. Rossi e il Dott. Bianchi ecc.", "Fine.", "Vedi pag. 5.", "Ciao."]),
        ("pt", ["O Sr. Silva e a Dra. Costa etc.", "Fim.", "Veja p\u00e1g. 5.", "Av. Brasil."]),
        ("nl", ["Dhr. Jansen en prof. Smit, bijv. Piet enz.", "Hij kwam.", "Einde."]),
        (
            "pl",
            ["Np. Jan jest.", "Prof. Kowalski by\u0142.", "W 1984 r.", "By\u0142o zimno.", "Przy ul. D\u0142ugiej 5."],
        ),
        (
            "ru",
            [
                "\u042d\u0442\u043e \u0433. \u041c\u043e\u0441\u043a\u0432\u0430.",
                "\u0412 1984 \u0433.",
                "\u041e\u043d \u0443\u0448\u0451\u043b.",
            ],
        ),
        ("sv", ["Det \u00e4r t.ex. Anna och bl.a. Kalle osv.", "Hon kom kl. 10.", "Slut."]),
        ("da", ["Den 4. maj kom hr. Hansen kl. 10.", "Slut.", "F.eks. Peter osv.", "Han gik."]),
        (
            "fr",
            [
                "Il est prof.",
                "Il lit.",
                "Le Dr. Martin et Mr. Smith.",
                "Le Pr. Roux vient.",
                "Il saute 5 m.",
                "Puis il part.",
            ],
        ),
        ("pl", ["To Dr. Martin i Mr. Smith.", "To by\u0142 sen.", "Potem wsta\u0142."]),
        ("ru", ["\u042d\u0442\u043e Dr. Martin \u0438 Prof. Smith."]),
        ("it", ["Il dott. Rossi, il prof. Blu, l'ing. Verdi e l'avv. Neri.", "Il sig. Smith e Mr. Smith."]),
        (
            "de",
            [
                "Das kostet 5 Mio. Euro.",
                "Es sind 3 Mio. Einwohner, 3 Mio. \u20ac von 3 Mrd. Menschen.",
                "Es waren 5 Mio.",
                "Das ist viel.",
            ],
        ),
        ("de", ["Im 19. Jh. Europas.", "Es war im 19. Jh.", "Der Krieg kam.", "Prof. Dr. med. Schmidt und Mr. Smith."]),
        ("de", ["Dr. rer. nat. Maier, Dr. phil. h. c. Karl."]),
        ("sv", ["Hon bor p\u00e5 St. Eriksgatan.", "Hon kom i maj.", "Mr. Smith gick sen.", "Slut."]),
        ("da", ["Mr. Smith kom den 4. maj.", "Han gik."]),
        ("es", ["Mr. Smith vive.", "Fin.", "El dr. Ruiz y la sra. Paz."]),
        ("pt", ["Mr. Smith vive.", "Fim.", "O dr. Costa e o prof. Silva."]),
        ("xx", ["Dr. Smith paid 3.50.", "Then he left!"]),
    ],
)
def test_no_sentence_ends_at_an_abbreviation_of_its_language(language: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), language=language) == expected


def test_lines_that_a_program_wrapped_are_no_sentences() -> None:
    assert sentences(WRAPPED) == [
        "The Time Traveller (for so it will be convenient to speak of him) was expounding a recondite matter to us.",
        "His pale grey eyes shone and twinkled, and his usually pale face was flushed and animated.",
    ]


def test_lines_of_a_poem_are() -> None:
    assert sentences("Tyger Tyger, burning bright,\nIn the forests of the night;") == [
        "Tyger Tyger, burning bright,",
        "In the forests of the night;",
    ]


def test_a_long_sentence_is_cut_at_commas_first() -> None:
    text = "one two three four, five six 1,000,000 seven eight, nine ten eleven twelve"
    assert sentences(text, limit=40) == [
        "one two three four,",
        "five six 1,000,000 seven eight,",
        "nine ten eleven twelve",
    ]


def test_without_commas_it_is_cut_at_blanks_and_without_blanks_anywhere() -> None:
    assert sentences("one two three four five", limit=10) == ["one two", "three four", "five"]
    assert sentences("abcdefghij" * 3, limit=10) == ["abcdefghij"] * 3


def test_a_word_of_fifty_thousand_letters_is_said_in_pieces() -> None:
    pieces = sentences("a" * 50_000)
    assert "".join(pieces) == "a" * 50_000
    assert max(map(len, pieces)) == SENTENCE_LIMIT


def test_a_mark_stays_with_its_letter() -> None:
    pieces = sentences("\u0b95\u0bcd\u0bb7" * 200, limit=10)
    assert not any(unicodedata.category(piece[0])[0] == "M" for piece in pieces)


def spoken(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


@given(
    st.one_of(
        st.from_regex(r"((Dr|z|B|No|etc|U|XIV|Wilhelm|4|12|am|Mai|St|Main|p|m)\.? ?){1,12}", fullmatch=True),
        st.text(),
        st.text("aB1 .,;!?\n\"')\u3002\u0301\u2014-"),
        st.from_regex(r"([A-Z][a-z]{0,9}[.,!?]? ){0,40}"),
    ),
    st.integers(1, 60),
    st.sampled_from(["", "en-us", "de", "es", "ru", "xx"]),
)
@example("Dr. A. B. 1. 2. c", 3, "de")
@example("\u0301" * 20, 1, "")
def test_no_piece_is_too_long_and_nothing_speakable_is_lost(text: str, limit: int, language: str) -> None:
    read = clean(text)
    pieces = sentences(read, limit=limit, language=language)
    assert all(len(piece) <= limit for piece in pieces)
    assert all(speakable(piece) and piece == piece.strip() for piece in pieces)
    assert spoken("".join(pieces)) == spoken(read)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "." * 300_000,
            ".)" * 150_000,
            "!" * 300_000,
            "Dr. " * 75_000,
            "1. " * 100_000,
            '"' * 300_000,
            ", " * 150_000,
        ),
        *("\u0316\u0300" * 150_000, "\u200d" * 300_000, " \n" * 150_000, "\u3002" * 300_000, "a" * 300_000),
        *(("x" * 60 + "\n") * 5_000, "A.B." * 75_000, "\ufdfa" * 20_000, "\ud800" * 300_000),
    ],
    ids=lambda text: ascii(text[:4]),
)
@pytest.mark.parametrize("language", ["", "de"])
def test_a_hostile_text_takes_no_longer_than_its_length_explains(text: str, language: str) -> None:
    began = time.process_time()
    sentences(clean(text), language=language)
    assert time.process_time() - began < 5
