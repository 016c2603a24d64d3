"""The page of commands is made from the commands: nothing missing, nothing that is gone."""

from __future__ import annotations

from tools.commands_page import PAGE, commands, page


def test_the_page_says_what_the_commands_say() -> None:
    """Run `python -m tools.commands_page` after changing a command."""
    assert PAGE.read_text("utf-8") == page()


def test_every_command_says_what_it_does() -> None:
    """No command and no option of ours is without a word of help."""
    for name, command in commands():
        assert command.help, name
        if name != "manage":
            assert all(p.help for p in command.params if p.param_type_name == "option"), name
