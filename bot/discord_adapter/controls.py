"""What can be pressed, chosen and filled in: buttons, menus and forms, as Discord draws them.

All that they need stands in their ids, so that they work after a restart too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot import buttons
from commands.core.params import Body, Param
from commands.core.reply import Action, Json
from engine.value import value

Component = dict[str, Any]
"""A component as Discord's API has it."""

ROW, BUTTON, MENU, INPUT, LABEL = 1, 2, 3, 4, 18
GREY, RED = 2, 4
PARAGRAPH = 2
ROWS, IN_A_ROW = 5, 5
"""How many rows stand under a message, and how many buttons in one."""
ID_BYTES = 100
"""The longest id."""
DO, WRITE, FORM = "do:", "write:", "form:"
"""What ids begin with: do an action; open the form of a draft; that form itself."""
CHOICES = 25
"""The most entries of a menu."""
FIELDS = 5
"""The most fields of a form."""
FIELD_LENGTH = 4_000
"""The most characters of a field."""


@value
class Question:
    """A value that is asked for with a form."""

    draft: str
    """The code of the draft that it completes."""
    param: str
    """The name of the parameter."""
    command: str
    """The name of the command."""

    @property
    def id(self) -> str:
        """The end of the ids of its form and of the button that opens it."""
        return f"{self.draft}:{self.param}:{self.command}"


def rows(actions: Iterable[Action]) -> list[Component]:
    """Draw actions as rows of buttons; those that `untold` returns have none."""
    drawn = {custom_id: _button(action.label, custom_id) for action in actions if (custom_id := _id(action))}
    every = list(drawn.values())[: ROWS * IN_A_ROW]
    return [{"type": ROW, "components": every[begin : begin + IN_A_ROW]} for begin in range(0, len(every), IN_A_ROW)]


def untold(actions: Iterable[Action]) -> list[str]:
    """Write the commands to type for actions that no button has room for; not for those that are only handy."""
    return [f"{each.label}: {typed(each)}" for each in actions if not each.handy and not _id(each)]


def typed(action: Action) -> str:
    """Write an action as a slash command: '/history again job:12'."""
    given = {name.replace("_", "-"): _shown(each) for name, each in action.values.items() if each is not None}
    asked = {action.asks.replace("_", "-"): "…"} if action.asks else {}
    return " ".join([f"/{action.command}", *(f"{name}:{each}" for name, each in {**given, **asked}.items())])


def menu(press: buttons.Press, names: Sequence[str]) -> list[Component]:
    """Draw the menu for what an action asks; its id is the action's."""
    action = Action(label="", command=press.command, values=press.values, asks=press.asks)
    options = [{"label": name, "value": name} for name in dict.fromkeys(names) if 0 < len(name) <= ID_BYTES]
    part = {
        "type": MENU,
        "custom_id": _id(action),
        "placeholder": press.asks.replace("_", " ").capitalize(),
        "options": options[:CHOICES],
    }
    return [{"type": ROW, "components": [part]}]


def opener(question: Question) -> list[Component]:
    """Draw the button that opens a form, for where it cannot open by itself."""
    return [{"type": ROW, "components": [_button("Write it", f"{WRITE}{question.id}")]}]


def can_ask(param: Param | None) -> bool:
    """Tell whether a form can ask for a parameter: it takes text, but no files, members or roles."""
    return param is not None and param.kind in (str, int, float)


def form(question: Question, param: Param) -> Component:
    """Draw the form that asks for a parameter: one field, or as many as there are for a long text."""
    body = param.mark(Body)
    most = body.max_length if body else 200
    count = min(FIELDS, -(-most // FIELD_LENGTH))
    name = param.option.replace("-", " ").capitalize()
    fields = []
    for number in range(count):
        field = {
            "type": INPUT,
            "custom_id": str(number),
            "style": PARAGRAPH if body else 1,
            "required": number == 0,
            "max_length": min(most, FIELD_LENGTH),
        }
        label = name if number == 0 else f"{name}, part {number + 1}"
        fields.append({"type": LABEL, "label": label[:45], "component": field})
    return {"custom_id": f"{FORM}{question.id}", "title": f"/{question.command}"[:45], "components": fields}


def question_of(custom_id: str) -> Question:
    """Read the id of a form or of the button that opens it."""
    _, draft, param, command = (*custom_id.split(":", 3), "", "", "")[:4]
    return Question(draft=draft, param=param, command=command)


def filled_in(components: Sequence[Mapping[str, Any]]) -> str:
    """Join what somebody wrote into the fields of a form."""
    parts = [part for each in components for part in _fields(each)]
    parts.sort(key=lambda part: str(part.get("custom_id", "")))
    return "\n".join(text for part in parts if (text := str(part.get("value") or "")))


def _fields(component: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    inner = [*(component.get("components") or ()), *filter(None, [component.get("component")])]
    own = [component] if component.get("type") == INPUT else []
    return own + [part for each in inner for part in _fields(each)]


def _id(action: Action) -> str:
    text = buttons.write(action, ID_BYTES - len(DO))
    return f"{DO}{text}" if text else ""


def _button(label: str, custom_id: str) -> Component:
    style = RED if label in ("Cancel", "Delete", "Forget me") else GREY
    return {"type": BUTTON, "style": style, "label": label[:80], "custom_id": custom_id}


def _shown(given: Json) -> str:
    if isinstance(given, bool):
        return "True" if given else "False"
    return str(given.get("id", "")) if isinstance(given, Mapping) else str(given)
