from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.markdown import aloud


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("", ""),
        ("Just words.", "Just words."),
        ("# A heading\nAnd words", "A heading.\n\nAnd words"),
        ("# Why?\n## (Because!)", "Why?\n\n(Because!)"),
        ("A heading\n===\nWords", "A heading.\n\nWords"),
        ("#\n\nWords", "Words"),
        ("One line\nand its rest", "One line and its rest"),
        ("One line  \nand another", "One line\nand another"),
        ("It is *very* **good**, ~~not~~ `code`.", "It is very good, not code."),
        ("See [the page](https://example.org 'Title') and [that][1].\n\n[1]: /x", "See the page and that."),
        ("Look: ![a red bird](bird.png)!", "Look: a red bird!"),
        ("![](bird.png)\n\nWords", "Words"),
        ("[![a button](b.svg)](https://ci)\n\nWords", "a button\n\nWords"),
        ("<https://example.org>", "https://example.org"),
        ("- one\n- two\n  - three", "one\n\ntwo\n\nthree"),
        ("3. one\n4. two", "3. one\n\n4. two"),
        ("1) one\n\n   more", "1) one\n\nmore"),
        ("- [ ] to do\n- [x] done", "to do\n\ndone"),
        ("> Quoted\n> words", "Quoted words"),
        ("```python\nx = [1]\n```\nWords", "Words"),
        ("```\nmake run\n```\nWords", "Words"),
        ("```text\nTyger Tyger\n```", "Tyger Tyger\n"),
        ("    A paragraph that somebody indented\n", "A paragraph that somebody indented\n"),
        ("    x = {1: [2]}; y()\n\nWords", "Words"),
        ("| Name | Age |\n|---|:-:|\n| Ada | 36 |\n| Bob | |", "Name, Age.\n\nAda, 36.\n\nBob."),
        ("One\n\n---\n\nTwo", "One\n\nTwo"),
        ("---\ntitle: A page\ntags: [x]\n---\nWords", "Words"),
        ("+++\ntitle = 'A page'\n+++\nWords", "Words"),
        ("---\nWords\n---\nMore", "Words.\n\nMore"),
        ("A claim[^1] here.\n\n[^1]: Its source.", "A claim here.\n\nIts source."),
        ("Tom &amp; Jerry \\*really\\*", "Tom & Jerry *really*"),
        ("One<br>two <b>three</b> <!-- four -->five", "One\ntwo three five"),
        ("<p>One</p><script>alert('x')</script><p>two &lt; three</p>", "\nOne\n\ntwo < three\n"),
        ("<!-- never\n\nshown -->\n\nWords", "Words"),
        ("<details><summary>More</summary>\n\nWords\n\n</details>", "\n\nMore\n\n\n\nWords"),
        ("Wait [pause 1s] here.", "Wait [pause 1s] here."),
        ("\r\n# One\r\n\r\nTwo", "One.\n\nTwo"),
    ],
)
def test_markdown_is_read_as_a_person_would_read_it(written: str, read: str) -> None:
    assert aloud(written) == read


def test_what_stands_deep_is_read() -> None:
    assert aloud("> " * 50 + "deep") == "deep"
    assert aloud("*" * 51 + "deep" + "*" * 51) == "deep"


@given(st.text("#*_[]()`~<>|-!\\\n \"'a1.&;:^x"))
def test_whatever_is_written_is_read_somehow(text: str) -> None:
    assert "\r" not in aloud(text)


@given(st.lists(st.from_regex(r"[A-Za-z]{1,8}( [A-Za-z]{1,8}){0,5}\.", fullmatch=True)))
def test_plain_paragraphs_stay_as_they_are(paragraphs: list[str]) -> None:
    assert aloud("\n\n".join(paragraphs)) == "\n\n".join(paragraphs)


@pytest.mark.parametrize(
    "mark",
    [
        *("[", "*", "a*", "*a_ ", "**a *a ", "[a](", "![", "![[]()", "`", "`a``b", "<", "<a ", "<!-- ", "&#1", ">"),
        *("> ", "- ", "- a\n", "[r]: /u\n", "[a]: ", "|a", "~~a ", "\\", "# a\n", "]", "<?", "\t", "[^a]", "---\na:\n"),
        *("<script>", "<p><!--\n", "+++\na=\n"),
    ],
)
def test_a_hostile_text_takes_no_longer_than_its_length_explains(mark: str) -> None:
    text = mark * (100_000 // len(mark))
    began = time.process_time()
    assert len(aloud(text)) <= 2 * len(text)
    assert time.process_time() - began < 5
