"""Processes live as Postfix' daemons do."""

from __future__ import annotations

from insights.demo.processes import MAX_USE, Processes
from tests.insights.demo.stage import at


def test_busy_process_is_not_given_a_second_session() -> None:
    processes = Processes(first_pid=10)
    first = processes.take("smtpd", at())
    first.free_at = at(5)
    assert processes.take("smtpd", at(1)).pid != first.pid


def test_free_process_is_used_again_until_its_limit() -> None:
    processes = Processes(first_pid=10)
    pids = []
    for number in range(MAX_USE + 1):
        process = processes.take("smtpd", at(number))
        process.free_at = at(number + 0.5)
        pids.append(process.pid)
    assert pids == [11] * MAX_USE + [12]


def test_idle_process_has_ended() -> None:
    processes = Processes(first_pid=10)
    processes.take("smtpd", at()).free_at = at(1)
    assert processes.take("smtpd", at(102)).pid == 12


def test_services_do_not_share_processes() -> None:
    processes = Processes(first_pid=10)
    processes.take("smtps/smtpd", at()).free_at = at(1)
    assert processes.take("submission/smtpd", at(2)).pid == 12
