"""A line for a crontab (crontab(5))."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sozialanalyse.schedule.job import LOCKED

if TYPE_CHECKING:
    from sozialanalyse.schedule.job import Job

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where a hook finds its programs; cron itself gives only a part of it."""


def crontab(job: Job) -> str:
    """Write the line, with a comment above it.

    A good night is silent. Of a bad one the line prints a sentence, which cron mails to the account (``MAILTO``); that another run
    was at work is none.

    Parameters
    ----------
    job
        What is to be done.
    """
    command = f"cd {shlex.quote(str(job.folder))} && PATH={PATH} nice -n 10 {shlex.join(job.logged_words)}"
    trouble = (
        f'code=$?; [ $code -eq {LOCKED} ] || echo "{job.name}: exit code $code, see" {shlex.quote(str(job.console))}'
    )
    line = f"{job.time.minute} {job.time.hour} * * * {escaped(f'{command} || {{ {trouble}; }}')}"
    return f"# {job.name}, every day\n{line}\n"


def escaped(command: str) -> str:
    r"""Escape the one sign that cron itself reads in a command: a per cent sign would end the line.

    Cron takes the backslash away before the shell sees it, in quotes too; one that stands there already is left alone.

    Examples
    --------
    >>> print(escaped("date +%H"))
    date +\%H
    """
    return command.replace("%", r"\%")
