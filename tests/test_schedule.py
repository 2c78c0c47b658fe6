"""Units for schedulers: each is read by the scheduler itself where that is here, else by its own rules; odd paths stay whole."""

from __future__ import annotations

import ast
import datetime as dt
import json
import re
import shlex
import string
import subprocess
import sys
import types
from pathlib import Path
from xml.etree import ElementTree as ET

import jinja2
import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command
from typer.testing import CliRunner

from sozialanalyse.batch.logs import EARLIER, KEPT, PAGE, RECORD
from sozialanalyse.cli import app
from sozialanalyse.disclosure.places import LEDGER_FOLDER
from sozialanalyse.errors import DataError, LockedError, UsageError
from sozialanalyse.schedule import airflow, cron, systemd, windows
from sozialanalyse.schedule.job import CONSOLE, LEDGER, LOCKED, Job
from sozialanalyse.schemas import FOLDER

NIGHT = dt.time(2, 30)
ODD = "Größe 50% 'neu' \"alt\" $HOME {{a}} {% b %} `id` \\ ; & # ü"

names = st.text(
    st.sampled_from(string.ascii_letters + "äöüß '\"%$`\\{}#;&|<>()*?!~-=@:,€"), min_size=1, max_size=12
).filter(lambda name: name.strip(" .") and "/" not in name)


def job(folder: Path = Path("/srv/sozial"), name: str = "aachen", **changes) -> Job:
    given = {
        "program": ("/opt/sozialanalyse/bin/sozialanalyse",),
        "folder": folder,
        "town": folder / "data" / name,
        "output": folder / name,
        "time": NIGHT,
    }
    return Job(**(given | changes))


def call(*arguments):
    return CliRunner().invoke(app, ["schedule", *map(str, arguments)])


# ------------------------------------------------------------------ the command


@pytest.mark.parametrize("arguments", [[], ["--cron", "--systemd"]])
def test_one_scheduler_is_named(arguments):
    result = call(*arguments)
    assert result.exit_code == 2
    assert "--cron, --systemd, --windows, --airflow" in result.stderr


@pytest.mark.parametrize(("time", "exit_code"), [("0:00", 0), ("23:59", 0), ("24:00", 2), ("2.30", 2), ("12:60", 2)])
def test_a_time_is_hours_and_minutes(time, exit_code, tmp_path):
    assert call("--cron", "--time", time, "--output", tmp_path / "o").exit_code == exit_code


def test_paths_are_whole_and_options_are_passed_on(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    result = call(
        "--cron", "--raw", "raw", "--output", "pages", "--audience", "administration", "--notify", "mail -s x"
    )
    assert result.exit_code == 0, result.stderr
    line = result.stdout.splitlines()[1]
    assert line.startswith("30 2 * * * cd ")
    assert f"--raw {tmp_path}/raw" in line
    assert f"--output {tmp_path}/pages --audience administration" in line
    assert "--notify 'mail -s x'" in line
    assert f"--log {tmp_path}/pages.log/console.txt" in line


def test_further_options_are_passed_on():
    line = call("--cron", "--", "--workers", "2", "--deadline", "600").stdout.splitlines()[1]
    assert " --workers 2 --deadline 600 --log " in line


def test_the_ledger_is_where_the_gate_has_it():
    assert LEDGER == LEDGER_FOLDER


def test_files_are_written_where_they_are_wanted(tmp_path):
    for system in ("cron", "systemd", "windows", "airflow"):
        assert call(f"--{system}", "--into", tmp_path / "units", "--output", tmp_path / "o").exit_code == 0
    assert sorted(path.name for path in (tmp_path / "units").iterdir()) == [
        "sozialanalyse-musterstadt.cron",
        "sozialanalyse-musterstadt.service",
        "sozialanalyse-musterstadt.timer",
        "sozialanalyse-musterstadt.xml",
        "sozialanalyse_musterstadt.py",
    ]


@pytest.mark.parametrize(
    ("town", "audience", "name"),
    [
        ("musterstadt", "public", "sozialanalyse-musterstadt"),
        ("Bad Säckingen", "administration", "sozialanalyse-bad-sackingen-administration"),
        ("名古屋", "public", "sozialanalyse-town"),
    ],
)
def test_a_unit_has_a_name_that_every_scheduler_takes(town, audience, name):
    assert job(name=town, audience=audience).name == name


@pytest.mark.parametrize("sign", ["\n", "\r", "\0", "\t"])
def test_a_line_break_in_a_path_is_refused(sign):
    with pytest.raises(UsageError, match="control character"):
        job(name=f"a{sign}b")


# ------------------------------------------------------------------ cron


def as_cron_does(line: str) -> str:
    """Take the five fields off, then the backslash before each per cent sign, as crontab(5) says."""
    command = line.split(" ", 5)[5]
    assert "%" not in command.replace(r"\%", "")
    return command.replace(r"\%", "%")


@given(names)
def test_what_cron_gives_to_the_shell_is_the_command(name):
    one = job(name=name)
    _, line = cron.crontab(one).splitlines()
    words = shlex.split(as_cron_does(line))
    start = words.index(one.program[0])
    assert tuple(words[start : start + len(one.logged_words)]) == one.logged_words


@pytest.mark.parametrize(
    ("code", "said"), [(0, ""), (1, "sozialanalyse-aachen: exit code 1, see {console}\n"), (3, "")]
)
def test_only_a_bad_night_makes_cron_send_a_mail(tmp_path, code, said):
    one = job(tmp_path, program=("/bin/sh", "-c", f"exit {code}"))
    command = as_cron_does(cron.crontab(one).splitlines()[1])
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == said.format(console=one.console)


# ------------------------------------------------------------------ systemd


def unquoted(line: str) -> list[str]:
    """Part a line into words as extract_first_word() of systemd does, then take specifiers and variables back."""
    words, word, quote, signs = [], None, "", iter(line)
    for sign in signs:
        if sign == "\\":
            word = (word or "") + next(signs)
        elif quote:
            quote, word = ("", word) if sign == quote else (quote, word + sign)
        elif sign in "'\"":
            quote, word = sign, word or ""
        elif sign.isspace():
            words, word = ([*words, word] if word is not None else words), None
        else:
            word = (word or "") + sign
    return [found.replace("%%", "%") for found in ([*words, word] if word is not None else words)]


def setting(unit: str, name: str) -> str:
    (line,) = [line for line in unit.splitlines() if line.startswith(f"{name}=")]
    return line.partition("=")[2]


@pytest.mark.parametrize("folder", ["plain", "it's", 'so "called"', "back\\slash"])
def test_systemd_finds_a_program_at_an_odd_place(tmp_path, folder):
    """It refuses quotes and backslashes in the path of a program, so the shell starts that."""
    program = tmp_path / folder / "x"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$0" "$@"', encoding="utf-8")
    program.chmod(0o755)
    words = [word.replace("$$", "$") for word in unquoted(systemd.command((str(program), "a b", "c$d")))]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == f"{program} a b c$d\n"


@given(names)
def test_what_systemd_starts_is_the_command(name):
    one = job(name=name)
    service = systemd.units(one)[f"{one.name}.service"]
    program, *words = unquoted(setting(service, "ExecStart"))
    assert (program, *(word.replace("$$", "$") for word in words)) == one.words
    assert unquoted(setting(service, "ReadWritePaths")) == [str(path) for path in one.written_to]
    assert setting(service, "Description").replace("%%", "%") == f"Social reporting: {name} (public)"


@pytest.mark.parametrize("name", ["aachen", ODD, "am Ende\\", "blank "])
def test_systemd_itself_finds_nothing_wrong(tmp_path, require_tool, name):
    folder = tmp_path / name
    program = folder / "bin" / "sozialanalyse"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    one = job(folder, name, program=(str(program),))
    for unit, text in systemd.units(one).items():
        (tmp_path / unit).write_text(text, encoding="utf-8")
    units = [str(tmp_path / unit) for unit in systemd.units(one)]
    command = [require_tool("systemd-analyze"), "verify", "--man=no", "--recursive-errors=no", *units]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    if name == "aachen":  # it does look: a program that is not there is found
        program.unlink()
        assert subprocess.run(command, capture_output=True, check=False).returncode != 0


def test_the_service_is_shut_in(tmp_path, require_tool):
    """The exposure that systemd reckons: 10 is none, 0 all protection; most services of a distribution have 9.6."""
    one = job()
    unit = tmp_path / f"{one.name}.service"
    unit.write_text(systemd.units(one)[unit.name], encoding="utf-8")
    command = [require_tool("systemd-analyze"), "security", "--offline=yes", "--threshold=25", "--no-pager", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("folder", "home", "temporary"),
    [("/srv/sozial", "yes", "yes"), ("/home/erika/sozial", "read-only", "yes"), ("/var/tmp/sozial", "yes", "no")],
)
def test_what_the_run_needs_is_not_hidden_from_it(folder, home, temporary, monkeypatch):
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    one = job(Path(folder))
    service = systemd.units(one)[f"{one.name}.service"]
    assert (setting(service, "ProtectHome"), setting(service, "PrivateTmp")) == (home, temporary)


def test_the_timer_is_one_that_systemd_reads(require_tool):
    one = job()
    when = setting(systemd.units(one)[f"{one.name}.timer"], "OnCalendar")
    command = [require_tool("systemd-analyze"), "calendar", "--iterations=1", when]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "*-*-* 02:30:00" in done.stdout


# ------------------------------------------------------------------ Windows

TASK = {
    "Task": ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"],
    "RegistrationInfo": ["Description", "URI"],
    "Triggers": ["CalendarTrigger"],
    "CalendarTrigger": ["StartBoundary", "ScheduleByDay"],
    "ScheduleByDay": ["DaysInterval"],
    "Principals": ["Principal"],
    "Principal": ["LogonType", "RunLevel"],
    "Actions": ["Exec"],
    "Exec": ["Command", "Arguments", "WorkingDirectory"],
}
"""Elements in the order of the schema of [MS-TSCH] (2.5.1 and following); those of Settings may stand in any order."""

SETTINGS = {
    "MultipleInstancesPolicy": {"Parallel", "Queue", "IgnoreNew", "StopExisting"},
    "ExecutionTimeLimit": {"PT6H"},
    "Priority": set("0123456789"),
}


def test_the_task_is_built_as_its_schema_says():
    content = windows.task(job())
    assert content.startswith((b"\xff\xfe", b"\xfe\xff"))
    root = ET.fromstring(content)
    assert root.tag == f"{{{windows.NAMESPACE}}}Task"
    for element in root.iter():
        name = element.tag.rpartition("}")[2]
        below = [child.tag.rpartition("}")[2] for child in element]
        if name == "Settings":
            values = {child.tag.rpartition("}")[2]: child.text for child in element}
            assert all(value in SETTINGS.get(key, {"true", "false"}) for key, value in values.items())
        else:
            assert below == TASK.get(name, [])


def as_windows_does(line: str) -> list[str]:
    """Part a command line by the rules of the C run time of Windows."""
    words, word, is_quoted, slashes = [], None, False, 0
    for sign in f"{line} ":
        if sign == "\\":
            slashes, word = slashes + 1, word or ""
            continue
        if sign == '"':
            word = (word or "") + "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                is_quoted = not is_quoted
        else:
            word = None if word is None else word + "\\" * slashes
            if sign in " \t" and not is_quoted:
                words, word = (words if word is None else [*words, word]), None
            else:
                word = (word or "") + sign
        slashes = 0
    return words


@given(names.filter(lambda name: name.count("%") < 2 and "$(" not in name))
def test_what_the_task_scheduler_starts_is_the_command(name):
    one = job(name=name)
    action = ET.fromstring(windows.task(one)).find(".//{*}Exec")
    found = [action.findtext("{*}Command"), *as_windows_does(action.findtext("{*}Arguments"))]
    assert tuple(found) == one.logged_words


@pytest.mark.parametrize("name", ["%TEMP%", "$(Arg0)"])
def test_what_the_task_scheduler_would_replace_is_refused(name):
    with pytest.raises(UsageError, match="rename the folder"):
        windows.task(job(name=name))


# ------------------------------------------------------------------ Airflow


def bash_command(text: str) -> str:
    """Read a DAG as Airflow does, with stand-ins for the few names that it takes from there, and render its command by Jinja."""
    seen = {}

    class Dag:
        def __init__(self, **given):
            seen["dag"] = given

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    modules = {name: types.ModuleType(name) for name in ("airflow", "airflow.operators", "airflow.operators.bash")}
    modules["airflow"].DAG = Dag
    modules["airflow.operators.bash"].BashOperator = seen.update
    with pytest.MonkeyPatch.context() as patch:
        for name, module in modules.items():
            patch.setitem(sys.modules, name, module)
        exec(compile(text, "dag.py", "exec"), {})
    assert (seen["dag"]["schedule"], seen["retries"]) == ("30 2 * * *", 0)
    return jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(seen["bash_command"]).render()


@given(names)
def test_what_airflow_gives_to_bash_is_the_command(name):
    one = job(name=name)
    words = shlex.split(bash_command(airflow.dag(one)).replace(";", " ; "), posix=True)
    quoted = shlex.split(shlex.join(one.words).replace(";", " ; "))
    start = words.index(one.program[0])
    assert words[start : start + len(quoted)] == quoted


@pytest.mark.parametrize(("codes", "ends", "runs"), [([0], 0, 1), ([1], 1, 1), ([3, 0], 0, 2), ([3, 3, 3], 3, 3)])
def test_airflow_tries_again_only_while_another_run_is_at_work(tmp_path, codes, ends, runs):
    folder = tmp_path / ODD
    folder.mkdir()
    counter = tmp_path / "runs"
    choose = " ".join(f"{number}) exit {code};;" for number, code in enumerate(codes, start=1))
    script = f'echo x >>"{counter}"; case $(wc -l <"{counter}") in {choose} esac'
    one = job(folder, program=("/bin/sh", "-c", script))
    command = bash_command(airflow.dag(one)).replace(f"sleep {airflow.PAUSE}", "true")
    assert subprocess.run(["bash", "-c", command], check=False).returncode == ends
    assert len(counter.read_text(encoding="utf-8").splitlines()) == runs


def test_a_dag_is_a_module_that_says_what_it_is():
    text = airflow.dag(job())
    assert ast.get_docstring(ast.parse(text)) is not None
    assert json.dumps(job().name).strip('"') in text


# ------------------------------------------------------------------ what the documentation says

OPERATIONS = (Path(__file__).resolve().parent.parent / "docs" / "operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["run", "schedule", "report"])
def test_every_option_that_operations_names_is_one(command):
    lines = [line for line in OPERATIONS.splitlines() if f"sozialanalyse {command} " in line]
    named = {option for line in lines for option in re.findall(rf"sozialanalyse {command} [^|;`)]*", line)}
    options = {option for text in named for option in re.findall(r"--[a-z]+", text)}
    known = {option for parameter in get_command(app).commands[command].params for option in parameter.opts}
    assert options
    assert options - known == set()


def test_the_events_of_operations_follow_their_schema():
    schema = json.loads((FOLDER / "events.schema.json").read_text(encoding="utf-8"))
    (example,) = re.findall(r"^```json\n(.*?)^```$", OPERATIONS, re.MULTILINE | re.DOTALL)
    for line in example.splitlines():
        jsonschema.validate(json.loads(line), schema)


def test_operations_names_the_exit_codes_and_places_that_there_are():
    assert {error.exit_code for error in (DataError, UsageError, LockedError)} == {1, 2, LOCKED}
    for name in (RECORD, PAGE, CONSOLE, EARLIER, f"{KEPT} runs"):
        assert name in OPERATIONS
