"""What a message asks for, without a connection."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Message, User

from bot.telegram_adapter.questions import questions
from bot.telegram_adapter.reading import Answered, Asked, Given, Heard, Other, Reader, Started, takes
from commands.core.command import commands
from commands.core.errors import UsageError
from commands.core.params import Attachment, Member

EVERY = commands()
ME = User(id=7, first_name="Mynah", is_bot=True, username="mynah_bot")
QUESTIONS = questions(EVERY)
READER = Reader(EVERY, QUESTIONS, ME)
ADA = {"id": 5, "is_bot": False, "first_name": "Ada"}
BOB = {"id": 6, "is_bot": False, "first_name": "Bob"}


def message(text: str = "", *, group: bool = False, **more: Any) -> Message:
    chat = {"id": -100, "type": "supergroup", "title": "W"} if group else {"id": 5, "type": "private"}
    told = {"message_id": 3, "date": 0, "chat": chat, "from": ADA, "text": text, **more}
    found = Message.de_json(told, None)
    assert found is not None
    return found


def replied(text: str, sender: dict[str, Any], **more: Any) -> dict[str, Any]:
    chat = {"id": -100, "type": "supergroup", "title": "W"}
    return {"message_id": 2, "date": 0, "chat": chat, "from": sender, "text": text, **more}


def read(*given: Any, **more: Any) -> Heard | None:
    return READER.read(message(*given, **more))


@pytest.mark.parametrize(
    ("text", "command", "values"),
    [
        ("Good morning", "speak", {"text": "Good morning"}),
        ("voice=anna Good morning", "speak", {"voice": "anna", "text": "Good morning"}),
        ("/speak Good morning", "speak", {"text": "Good morning"}),
        ("/SPEAK@Mynah_Bot Good morning", "speak", {"text": "Good morning"}),
        ("/speak\nGood\nmorning", "speak", {"text": "Good\nmorning"}),
        ("/speakGood", "speakgood", {}),
        ("/jobs_show 12", "jobs show", {"job": "12"}),
        ("/jobs show 12", "jobs show", {"job": "12"}),
        ("/jobs", "help", {"command": "jobs"}),
        ("/sing a song", "sing", {}),
    ],
)
def test_what_is_written_in_private(text: str, command: str, values: dict[str, object]) -> None:
    assert read(text) == Asked(command=command, values=values)


@pytest.mark.parametrize("text", ["Good morning", "/sing", "/speak@other_bot Hello", "@mynah_botanist Hello", ""])
def test_what_is_not_for_mynah_in_a_group(text: str) -> None:
    assert read(text, group=True) is None


def test_a_mention_takes_the_rest_or_the_message_that_it_answers() -> None:
    assert read("@mynah_bot Hello", group=True) == Asked(command="speak", values={"text": "Hello"})
    answer = replied("Old words", BOB)
    assert read("@mynah_bot", group=True, reply_to_message=answer) == Asked(
        command="speak", values={"text": "Old words"}
    )
    assert read("@mynah_bot", group=True) == Asked(command="help")


def test_what_opened_a_topic_is_no_message_that_is_answered() -> None:
    opened = replied("", BOB, forum_topic_created={"name": "Tools", "icon_color": 1})
    assert read("/speak", group=True, reply_to_message=opened) == Asked(command="speak")


def test_a_quotation_is_said_and_not_the_whole_message() -> None:
    answer = replied("First words. Second words.", BOB)
    quote = {"text": "Second words.", "position": 13}
    assert read("/speak", group=True, reply_to_message=answer, quote=quote) == Asked(
        command="speak", values={"text": "Second words."}
    )


def test_what_stands_under_a_sound_of_mynahs_is_no_text_to_say() -> None:
    sound = replied(
        "", ME.to_dict(), voice={"file_id": "a", "file_unique_id": "b", "duration": 1}, caption='"Hi" · 1 s'
    )
    assert read("/speak voice=en-gb", group=True, reply_to_message=sound) == Asked(
        command="speak", values={"voice": "en-gb"}
    )
    words = replied("Hello, Ada.", ME.to_dict())
    assert read("/speak", group=True, reply_to_message=words) == Asked(command="speak", values={"text": "Hello, Ada."})


def test_a_command_about_a_member_takes_whom_it_answers_but_no_bot() -> None:
    line = "/quota_set characters 500"
    heard = read(line, group=True, reply_to_message=replied("Hello", BOB))
    assert isinstance(heard, Asked) and heard.values["member"] == Member(id="telegram:6", name="Bob")
    for sender in ({**BOB, "is_bot": True}, {"id": 7, "is_bot": True, "first_name": "Mynah"}):
        heard = read(line, group=True, reply_to_message=replied("Hello", sender))
        assert isinstance(heard, Asked) and "member" not in heard.values


def test_a_member_without_a_user_name_is_named_by_a_mention() -> None:
    for text in ("/quota_set characters 500 Bob", "/quota_set member=Bob characters 500"):
        mention = {"type": "text_mention", "offset": text.index("Bob"), "length": 3, "user": BOB}
        heard = read(text, group=True, entities=[mention])
        assert isinstance(heard, Asked)
        assert heard.values == {
            "metric": "characters",
            "limit": "500",
            "member": Member(id="telegram:6", name="Bob"),
        }


def test_a_user_name_is_refused_with_what_to_do_instead() -> None:
    with pytest.raises(UsageError, match="Telegram does not tell bots who bob is"):
        read("/quota_set characters 500 member=@bob", group=True)


def test_start_and_what_its_link_carries() -> None:
    assert read("/start") == Started(payload="")
    assert read("/start link-k3v9") == Started(payload="link-k3v9")


def test_an_answer_to_a_question_of_mynahs_is_known_by_its_text() -> None:
    (text,) = [each for each in QUESTIONS if each.startswith("/jobs_show needs job")]
    asked = replied(text, {"id": 7, "is_bot": True, "first_name": "Mynah"})
    assert read("12", group=True, reply_to_message=asked) == Answered(question=QUESTIONS[text], values={"job": "12"})
    by_another = replied(text, BOB)
    assert read("12", group=True, reply_to_message=by_another) is None


def test_a_file_without_a_word_is_offered_only_in_private() -> None:
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "a.txt", "file_size": 3}
    given = read(document=document)
    assert given == Given(attachment=Attachment(name="a.txt", bytes=3, reference="f"), is_sound=False)
    assert read(document=document, group=True) is None
    voice = {"file_id": "v", "file_unique_id": "u", "duration": 2}
    given = read(voice=voice)
    assert isinstance(given, Given) and given.is_sound


def test_in_a_group_a_sound_without_a_word_is_for_mynah_where_it_answers_one_of_its_messages() -> None:
    voice = {"file_id": "v", "file_unique_id": "u", "duration": 2}
    mynahs = replied("Say this.", {"id": 7, "is_bot": True, "first_name": "Mynah"})
    heard = read(voice=voice, group=True, reply_to_message=mynahs)
    assert isinstance(heard, Given) and heard.is_sound
    assert read(voice=voice, group=True) is None
    assert read(voice=voice, group=True, reply_to_message=replied("Say this.", BOB)) is None
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "a.txt"}
    assert read(document=document, group=True, reply_to_message=mynahs) is None


def test_a_video_and_a_round_one_are_files_too() -> None:
    video = {"file_id": "f", "file_unique_id": "u", "duration": 2, "width": 9, "height": 9, "mime_type": "video/mp4"}
    given = read(video=video)
    assert isinstance(given, Given) and given.is_sound and given.attachment.name == "video.mp4"
    note = {"file_id": "n", "file_unique_id": "u", "duration": 2, "length": 9, "file_size": 30}
    given = read(video_note=note)
    assert given == Given(
        attachment=Attachment(name="note.mp4", content_type="video/mp4", bytes=30, reference="n"), is_sound=True
    )


def test_a_sticker_is_no_text_and_what_happens_in_a_chat_is_nothing() -> None:
    photo = [{"file_id": "p", "file_unique_id": "u", "width": 9, "height": 9}]
    assert read(photo=photo) == Other()
    assert read(photo=photo, group=True) is None
    assert read(photo=photo, caption="Say this.") == Asked(command="speak", values={"text": "Say this."})
    assert read(new_chat_title="Another") is None


def test_a_file_that_is_answered_with_a_command_goes_with_it_where_the_command_takes_such() -> None:
    document = {"file_id": "f", "file_unique_id": "u", "file_name": "a.txt"}
    heard = read("/speak speed=2", reply_to_message=replied("", BOB, document=document))
    assert isinstance(heard, Asked)
    assert heard.values == {"speed": "2", "file": Attachment(name="a.txt", reference="f")}
    heard = read("/speak Hello", reply_to_message=replied("", BOB, document=document))
    assert heard == Asked(command="speak", values={"text": "Hello"})


def test_a_command_takes_a_file_by_its_ending() -> None:
    assert takes(EVERY["speak"], Attachment(name="A.TXT"))
    assert not takes(EVERY["speak"], Attachment(name="voice.ogg"))
    assert not takes(EVERY["about"], Attachment(name="a.txt"))
