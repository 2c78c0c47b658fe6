"""A DAG for Apache Airflow: one file for its folder of DAGs, of version 2 or 3."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from sozialanalyse.schedule.job import LOCKED

if TYPE_CHECKING:
    from sozialanalyse.schedule.job import Job

DAG = '''\
"""Social reporting, every day. Written by ``sozialanalyse schedule --airflow``."""

import datetime

from airflow import DAG

try:
    from airflow.providers.standard.operators.bash import BashOperator
except ImportError:  # Airflow 2
    from airflow.operators.bash import BashOperator

# Exit code {locked}: another run was at work, so it is tried again. Any other failure would only come again: no retry.
COMMAND = {command!r}

with DAG(
    dag_id={name!r},
    schedule={schedule!r},
    start_date=datetime.datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    tags=["sozialanalyse"],
) as dag:
    BashOperator(
        task_id="run",
        bash_command=COMMAND,
        retries=0,
        execution_timeout=datetime.timedelta(hours=6),
    )
'''

TRIES = 3
PAUSE = 600
"""Seconds before a run that found another one at work is tried again."""


def dag(job: Job) -> str:
    """Write the file.

    Parameters
    ----------
    job
        What is to be done; the time is that of Airflow's default time zone.
    """
    command = untemplated(shlex.join(job.words))
    loop = (
        f"cd {untemplated(shlex.quote(str(job.folder)))} || exit; "
        f"for try in {' '.join(map(str, range(1, TRIES + 1)))}; do "
        f"{command}; code=$?; [ $code -eq {LOCKED} ] || exit $code; [ $try -eq {TRIES} ] || sleep {PAUSE}; "
        f"done; exit {LOCKED}"
    )
    schedule = f"{job.time.minute} {job.time.hour} * * *"
    return DAG.format(command=loop, name=job.name, schedule=schedule, locked=LOCKED)


def untemplated(command: str) -> str:
    """Part the brackets of a quoted command so that Jinja, through which Airflow sends it, finds none of its own.

    Examples
    --------
    >>> untemplated(shlex.quote("/srv/{{a}}"))
    "'/srv/{''{''a}}'"
    """
    return command.replace("{", "{''")
