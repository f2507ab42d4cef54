"""Starting with the computer: the real entry on Linux, the file or the registry call elsewhere."""

import configparser
import contextlib
import plistlib
import shlex
import stat
from types import SimpleNamespace

import pytest

from desktop_client.autostart import LABEL, RUN_KEY, LinuxAutostart, MacAutostart, WindowsAutostart, command

COMMAND = ["/opt/race overlay/python", "-m", "desktop_client"]


class Registry:
    """As much of `winreg` as is called, with one key in a dictionary."""

    HKEY_CURRENT_USER, KEY_SET_VALUE, REG_SZ = "HKCU", 2, 1

    def __init__(self, *, key_exists: bool = True) -> None:
        self.key_exists = key_exists
        self.values: dict[str, str] = {}

    @contextlib.contextmanager
    def OpenKey(self, root, path):
        if not self.key_exists:
            raise FileNotFoundError(path)
        assert (root, path) == ("HKCU", RUN_KEY)
        yield SimpleNamespace()

    @contextlib.contextmanager
    def CreateKeyEx(self, root, path, reserved, access):
        assert (root, path, reserved, access) == ("HKCU", RUN_KEY, 0, self.KEY_SET_VALUE)
        self.key_exists = True
        yield SimpleNamespace()

    def QueryValueEx(self, key, name):
        if name not in self.values:
            raise FileNotFoundError(name)
        return self.values[name], self.REG_SZ

    def SetValueEx(self, key, name, reserved, kind, value):
        assert (reserved, kind) == (0, self.REG_SZ)
        self.values[name] = value

    def DeleteValue(self, key, name):
        if name not in self.values:
            raise FileNotFoundError(name)
        del self.values[name]


def linux(tmp_path):
    return LinuxAutostart(COMMAND, {"XDG_CONFIG_HOME": str(tmp_path / "config")})


@pytest.fixture(params=["linux", "mac", "windows"])
def any_system(request, tmp_path):
    return {
        "linux": lambda: linux(tmp_path),
        "mac": lambda: MacAutostart(COMMAND, tmp_path),
        "windows": lambda: WindowsAutostart(COMMAND, Registry(key_exists=False)),
    }[request.param]()


def test_it_is_off_until_it_is_turned_on_and_off_again_afterwards(any_system):
    assert not any_system.is_on()
    any_system.turn(False)
    any_system.turn(True)
    assert any_system.is_on()
    any_system.turn(True)
    any_system.turn(False)
    assert not any_system.is_on()


def test_the_linux_entry_is_one_that_a_desktop_understands(tmp_path):
    there = linux(tmp_path)
    there.turn(True)
    assert there.file == tmp_path / "config" / "autostart" / f"{LABEL}.desktop"
    entry = configparser.ConfigParser(interpolation=None, strict=True)
    entry.optionxform = str
    entry.read_string(there.file.read_text("utf-8"))
    fields = entry["Desktop Entry"]
    assert fields["Type"] == "Application"
    assert shlex.split(fields["Exec"]) == COMMAND
    assert stat.S_IMODE(there.file.stat().st_mode) == 0o644


def test_without_a_folder_of_its_own_the_entry_lies_in_the_home(tmp_path):
    assert LinuxAutostart(COMMAND, {"HOME": str(tmp_path)}).file.parent == tmp_path / ".config" / "autostart"


@pytest.mark.parametrize("content", ["[Desktop Entry]\nHidden=true\n", b"\xff\xfe\x00"])
def test_an_entry_that_a_desktop_switched_off_or_nobody_can_read_is_off(tmp_path, content):
    there = linux(tmp_path)
    there.turn(True)
    there.file.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert not there.is_on()


def test_what_means_something_in_an_exec_line_is_escaped(tmp_path):
    there = LinuxAutostart(["/opt/100%/a $b", "x"], {"XDG_CONFIG_HOME": str(tmp_path)})
    there.turn(True)
    assert 'Exec="/opt/100%%/a \\\\$b" x' in there.file.read_text("utf-8")


def test_the_mac_agent_starts_the_command_when_the_person_signs_in(tmp_path):
    there = MacAutostart(COMMAND, tmp_path)
    there.turn(True)
    agent = plistlib.loads(there.file.read_bytes())
    assert agent["ProgramArguments"] == COMMAND
    assert agent["RunAtLoad"] is True
    assert there.file.parent == tmp_path / "Library" / "LaunchAgents"


def test_the_windows_value_is_a_command_line_with_its_words_quoted():
    registry = Registry()
    WindowsAutostart(COMMAND, registry).turn(True)
    assert registry.values == {"RaceOverlay": '"/opt/race overlay/python" "-m" "desktop_client"'}


def test_the_command_starts_this_client():
    assert command()[-2:] == ["-m", "desktop_client"]


def test_a_folder_that_cannot_be_written_is_an_os_error(tmp_path):
    (tmp_path / "config").write_text("a file where the folder should be")
    with pytest.raises(OSError):
        linux(tmp_path).turn(True)
