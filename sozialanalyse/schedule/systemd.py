"""A service and a timer for systemd (systemd.service(5), systemd.exec(5), systemd.timer(5))."""

from __future__ import annotations

import re
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from sozialanalyse.schedule.job import LOCKED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sozialanalyse.schedule.job import Job

HOMES = (PurePath("/home"), PurePath("/root"), PurePath("/run/user"))
"""What ProtectHome= covers."""

TEMPORARY = (PurePath("/tmp"), PurePath("/var/tmp"))  # noqa: S108 - named to look whether a path lies there
"""What PrivateTmp= hides."""

SERVICE = """\
[Unit]
Description=Social reporting: {description}
# A town's files or its database may lie on another machine.
Wants=network-online.target
After=network-online.target
# Told when a night was bad (exit code 1 or 2, a limit reached): a unit of yours, for instance one that sends a mail.
#OnFailure=notify-failure@%n.service

[Service]
Type=oneshot
# An account of its own: useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin {account}
User={account}
# Addresses of databases (SOZIALANALYSE_DATABASE_...), in a file that only root can read.
EnvironmentFile=-/etc/sozialanalyse/{name}.env
WorkingDirectory={folder}
# The ledger's folder is made before the service is shut in.
ExecStartPre=+/bin/sh -c 'test -d "$$0" || install -d -m 750 -o {account} "$$0"' {ledger}
ExecStart={command}
# 3: another run was at work.
SuccessExitStatus={locked}
# The notebooks are ended by the program itself.
KillMode=mixed
TimeoutStartSec=6h
TimeoutStopSec=30s
MemoryMax=75%
Nice=10
IOSchedulingClass=idle
CacheDirectory={name}
CacheDirectoryMode=0700
Environment=SOZIALANALYSE_CACHE=%C/{name} HOME=%C/{name} PYTHONDONTWRITEBYTECODE=1

# It writes its pages, its logs and the ledger, and nothing else.
ProtectSystem=strict
ReadWritePaths={writable}
ProtectHome={home}
PrivateTmp={temporary}
PrivateDevices=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
NoNewPrivileges=yes
CapabilityBoundingSet=
RestrictSUIDSGID=yes
RestrictRealtime=yes
RestrictNamespaces=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0022
"""

TIMER = """\
[Unit]
Description=Social reporting every day: {description}

[Timer]
OnCalendar=*-*-* {time:%H:%M}:00
# A night that the machine slept through is made up for.
Persistent=yes
AccuracySec=1min

[Install]
WantedBy=timers.target
"""


def units(job: Job) -> dict[str, str]:
    """Write the service and its timer, by the names of their files.

    Parameters
    ----------
    job
        What is to be done. The folder of the pages must have a parent that exists.
    """
    # the interpreter of an environment can be a link to one that lies elsewhere
    paths = [Path(job.program[0]), Path(sys.base_prefix), job.folder, job.town, *job.written_to]
    description = specifiers_escaped(f"{job.town.name} ({job.audience})")
    service = SERVICE.format(
        description=description,
        name=job.name,
        account=job.account or "sozialanalyse",
        folder=line_end(specifiers_escaped(str(job.folder))),
        ledger=quoted(str(job.written_to[1])),
        command=command(job.words),
        locked=LOCKED,
        writable=" ".join(dict.fromkeys(quoted(str(path), is_command=False) for path in job.written_to)),
        home="read-only" if _any_in(paths, HOMES) else "yes",
        temporary="no" if _any_in(paths, TEMPORARY) else "yes",
    )
    return {f"{job.name}.service": service, f"{job.name}.timer": TIMER.format(description=description, time=job.time)}


def command(words: Iterable[str]) -> str:
    """Write a command: the program's path knows no variables, all other words do.

    systemd takes no program with a quote or a backslash in its path; the shell does.
    """
    first, *others = words
    if re.search(r"[\"'\\]", first):
        return f"/bin/sh -c 'exec \"$$@\"' sh {' '.join(map(quoted, (first, *others)))}"
    return " ".join([quoted(first, is_command=False), *map(quoted, others)])


def quoted(word: str, *, is_command: bool = True) -> str:
    r"""Quote a word as systemd reads it, specifiers and, in a command, variables included.

    Examples
    --------
    >>> print(quoted("/srv/Daten 100% $5"))
    "/srv/Daten 100%% $$5"
    """
    escaped = specifiers_escaped(word.replace("\\", r"\\").replace('"', r"\""))
    if is_command:
        escaped = escaped.replace("$", "$$")
    return escaped if re.fullmatch(r"[\w@%+=:,./$-]+", escaped) else f'"{escaped}"'


def specifiers_escaped(text: str) -> str:
    """Write a per cent sign so that systemd does not take it for the beginning of a specifier."""
    return text.replace("%", "%%")


def line_end(path: str) -> str:
    r"""Keep the end of a path from being read as that of a line: a backslash would join the next one, a blank be lost.

    Examples
    --------
    >>> print(line_end("/srv/daten"), line_end("/srv/daten\\"))
    /srv/daten /srv/daten\/
    """
    return f"{path}/" if path[-1:].isspace() or path.endswith("\\") else path


def _any_in(paths: Iterable[PurePath], folders: Iterable[PurePath]) -> bool:
    places = list(folders)
    return any(path.is_relative_to(folder) for path in paths for folder in places)
