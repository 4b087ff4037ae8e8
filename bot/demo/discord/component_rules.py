"""What buttons, menus and forms may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.demo.discord.refusal import bad_form, check_length, check_number
from bot.demo.discord.wire import Payload

ROW, BUTTON, STRING_MENU, TEXT_INPUT, USER_MENU, ROLE_MENU, MENTION_MENU, CHANNEL_MENU = range(1, 9)
LABEL = 18
"""The frame with a label around one part of a form."""
LINK, PREMIUM = 5, 6
"""The styles of button that send nothing."""
MENUS = (STRING_MENU, USER_MENU, ROLE_MENU, MENTION_MENU, CHANNEL_MENU)
MOST_ROWS = 5
MOST_V2 = 40


def walk(components: Sequence[Payload], path: str = "components") -> Iterator[tuple[str, Payload]]:
    """Go through components and all that is in them, each with its path."""
    for number, each in enumerate(components):
        here = f"{path}.{number}"
        yield here, each
        yield from walk(each.get("components") or [], f"{here}.components")
        inner = [each[name] for name in ("component", "accessory") if each.get(name)]
        yield from walk(inner, f"{here}.component")


def check_components(components: object, *, v2: bool) -> None:
    """Check what stands under a message.

    Raises:
        Refusal: Discord would not take it.
    """
    if not isinstance(components, list):
        raise bad_form("components", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    if v2 and sum(1 for _ in walk(components)) > MOST_V2:
        raise bad_form("components", "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", f"Must be {MOST_V2} or fewer in total.")
    if not v2:
        check_length("components", components, 0, MOST_ROWS)
    for number, row in enumerate(components):
        if not v2 and row.get("type") != ROW:
            raise bad_form(f"components.{number}", "UNION_TYPE_CHOICES", 'Value of field "type" must be one of (1,).')
    for path, each in walk(components):
        if each["type"] == ROW:
            _check_row(path, each)
        elif each["type"] == BUTTON:
            _check_button(path, each)
        elif each["type"] in MENUS:
            _check_menu(path, each)
        elif each["type"] in (TEXT_INPUT, LABEL):
            raise bad_form(path, "UNION_TYPE_CHOICES", "A message has no inputs.")
    _check_unique(components)


def check_modal(data: Payload) -> None:
    """Check a form.

    Raises:
        Refusal: Discord would not take it.
    """
    check_length("data.title", data.get("title"), 1, 45)
    check_length("data.custom_id", data.get("custom_id"), 1, 100)
    components = data.get("components") or []
    check_length("data.components", components, 1, 5)
    for path, each in walk(components, "data.components"):
        if each["type"] == TEXT_INPUT:
            _check_input(path, each, in_label=path.endswith("component.0"))
        elif each["type"] in MENUS:
            _check_menu(path, each)
        elif each["type"] == LABEL:
            check_length(f"{path}.label", each.get("label"), 1, 45)
            check_length(f"{path}.description", each.get("description") or "", 0, 100)
        elif each["type"] == BUTTON:
            raise bad_form(path, "UNION_TYPE_CHOICES", "A form has no buttons.")
    _check_unique(components)


def _check_unique(components: Sequence[Payload]) -> None:
    seen: set[str] = set()
    for path, each in walk(components):
        custom_id = each.get("custom_id")
        if custom_id in seen:
            raise bad_form(
                f"{path}.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"
            )
        if custom_id is not None:
            seen.add(custom_id)


def _check_row(path: str, row: Payload) -> None:
    inner = row.get("components") or []
    check_length(f"{path}.components", inner, 1, 5)
    if len(inner) > 1 and any(each["type"] != BUTTON for each in inner):
        raise bad_form(
            f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
        )


def _check_button(path: str, button: Payload) -> None:
    if button.get("style") in (LINK, PREMIUM):
        if button.get("custom_id") is not None:
            raise bad_form(
                path, "BUTTON_COMPONENT_CUSTOM_ID_FORBIDDEN", "A custom id cannot be specified for this style"
            )
        return
    check_number(f"{path}.style", button.get("style"), 1, 4)
    check_length(f"{path}.custom_id", button.get("custom_id"), 1, 100)
    check_length(f"{path}.label", button.get("label") or "", 0, 80)
    if not button.get("label") and not button.get("emoji"):
        raise bad_form(path, "BUTTON_COMPONENT_INVALID", "A button must have a label or an emoji")


def _check_menu(path: str, menu: Payload) -> None:
    check_length(f"{path}.custom_id", menu.get("custom_id"), 1, 100)
    check_length(f"{path}.placeholder", menu.get("placeholder") or "", 0, 150)
    least, most = menu.get("min_values", 1), menu.get("max_values", 1)
    check_number(f"{path}.min_values", least, 0, 25)
    check_number(f"{path}.max_values", most, 1, 25)
    if menu["type"] != STRING_MENU:
        return
    options = menu.get("options") or []
    check_length(f"{path}.options", options, 1, 25)
    for number, option in enumerate(options):
        check_length(f"{path}.options.{number}.label", option.get("label"), 1, 100)
        check_length(f"{path}.options.{number}.value", option.get("value"), 1, 100)
        check_length(f"{path}.options.{number}.description", option.get("description") or "", 0, 100)
    if len({option["value"] for option in options}) < len(options):
        raise bad_form(
            f"{path}.options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
        )


def _check_input(path: str, each: Payload, *, in_label: bool) -> None:
    check_length(f"{path}.custom_id", each.get("custom_id"), 1, 100)
    if not in_label:
        check_length(f"{path}.label", each.get("label"), 1, 45)
    check_number(f"{path}.style", each.get("style"), 1, 2)
    check_length(f"{path}.placeholder", each.get("placeholder") or "", 0, 100)
    check_length(f"{path}.value", each.get("value") or "", 0, 4000)
    check_number(f"{path}.min_length", each.get("min_length") or 0, 0, 4000)
    check_number(f"{path}.max_length", each.get("max_length") or 4000, 1, 4000)
