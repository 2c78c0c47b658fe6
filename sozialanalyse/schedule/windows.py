"""A task for the Windows Task Scheduler: XML as ``schtasks /create /xml`` reads it ([MS-TSCH], section 2.5)."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from sozialanalyse.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sozialanalyse.schedule.job import Job

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"

_REPLACED = re.compile(r"%[^%]+%|\$\(")
"""What the Task Scheduler replaces in a command, with no way to write it out: %NAME% and $(NAME)."""

Tree = dict[str, "str | Tree"]


def task(job: Job) -> bytes:
    """Write the task in UTF-16, as the Task Scheduler itself does.

    Its result (``Last Run Result``) is the exit code: 0x0 all well, 0x1 some finding failed, 0x2 wrong use, 0x3 another run was
    at work.

    Parameters
    ----------
    job
        What is to be done.

    Raises
    ------
    UsageError
        A path or the hook holds what the Task Scheduler would replace.
    """
    for word in (str(job.folder), *job.logged_words):
        if _REPLACED.search(word):
            message = "'{found}' holds what the Task Scheduler replaces (%NAME% or $(NAME)); rename the folder or use a script"
            raise UsageError(message, found=word)
    root = ET.Element("Task", {"version": "1.2", "xmlns": NAMESPACE})
    _fill(root, _content(job))
    ET.indent(root)
    return ET.tostring(root, encoding="utf-16", xml_declaration=True)


def _content(job: Job) -> Tree:
    program, *arguments = job.logged_words
    principal: Tree = {"LogonType": "Password", "RunLevel": "LeastPrivilege"}
    return {
        "RegistrationInfo": {
            "Description": f"Social reporting of {job.town.name} ({job.audience})",
            "URI": f"\\{job.name}",
        },
        "Triggers": {
            "CalendarTrigger": {
                "StartBoundary": f"2026-01-01T{job.time:%H:%M:%S}",
                "ScheduleByDay": {"DaysInterval": "1"},
            }
        },
        "Principals": {"Principal": ({"UserId": job.account} if job.account else {}) | principal},
        "Settings": {
            "MultipleInstancesPolicy": "IgnoreNew",
            "DisallowStartIfOnBatteries": "false",
            "StopIfGoingOnBatteries": "false",
            "AllowHardTerminate": "true",
            "StartWhenAvailable": "true",  # a night that the machine slept through is made up for
            "RunOnlyIfNetworkAvailable": "false",
            "Enabled": "true",
            "ExecutionTimeLimit": "PT6H",
            "Priority": "7",
        },
        "Actions": {
            "Exec": {
                "Command": program,
                "Arguments": subprocess.list2cmdline(arguments),
                "WorkingDirectory": str(job.folder),
            }
        },
    }


def _fill(element: ET.Element, content: Mapping[str, str | Tree]) -> None:
    for name, value in content.items():
        below = ET.SubElement(element, name)
        if isinstance(value, str):
            below.text = value
        else:
            _fill(below, value)
