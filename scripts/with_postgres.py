"""Run a command on a throw-away PostgreSQL: with_postgres.py COMMAND…

The cluster lives in a temporary directory, listens on a free port of 127.0.0.1 with a random password, and is
stopped and removed at the end, whatever ends it. The command finds it in DATABASE_URL. Exit status: the
command's; 77 when there is no PostgreSQL to run (skipped); 1 when it was there and did not start.
"""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

SKIPPED = 77
# Nothing here has to survive a power cut.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]


def find_binaries() -> Path | None:
    """The directory that holds initdb, pg_ctl and postgres; the newest version first."""
    installed = [d for d in Path("/usr/lib/postgresql").glob("*/bin") if d.parent.name.isdigit()]
    candidates = sorted(installed, key=lambda d: int(d.parent.name), reverse=True)
    if on_path := shutil.which(
        "initdb"
    ):  # often a link: the programs expect their neighbours beside the real file
        candidates.insert(0, Path(on_path).resolve().parent)
    needed = ("initdb", "pg_ctl", "postgres")
    return next((d for d in candidates if all((d / name).exists() for name in needed)), None)


def find_account() -> dict[str, Any] | None:
    """Arguments for subprocess that start a program without root, which PostgreSQL refuses; None: no way."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return None


def make_directory(account: dict[str, Any]) -> Path:
    """A temporary directory that the account owns and can reach."""
    for parent in dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp"]):
        if subprocess.run(["test", "-x", parent], check=False, **account).returncode == 0:
            directory = Path(tempfile.mkdtemp(prefix="pg-", dir=parent))
            if account:
                os.chown(directory, account["user"], account["group"])
            return directory
    raise OSError("没有可用的临时目录")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def cluster(binaries: Path, account: dict[str, Any]) -> Iterator[str]:
    """A running cluster; yields its DATABASE_URL."""
    directory = make_directory(account)
    data, log, password, port = directory / "data", directory / "log", secrets.token_hex(16), free_port()
    # The caller's PG* variables belong to another cluster.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / program), "-D", str(data), *arguments],
            env=environment,
            cwd=directory,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            **account,
        )

    try:
        secret = directory / "password"
        secret.write_text(password)
        if account:
            os.chown(secret, account["user"], account["group"])
        run(
            "initdb",
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C",
            "-A",
            "scram-sha-256",
            f"--pwfile={secret}",
            "-N",
        )
        settings = [
            *FAST,
            f"port={port}",
            "listen_addresses=127.0.0.1",
            f"unix_socket_directories={directory}",
        ]
        try:
            run(
                "pg_ctl",
                "-w",
                "-l",
                str(log),
                "-o",
                " ".join(f"-c {setting}" for setting in settings),
                "start",
            )
        except subprocess.CalledProcessError:
            if log.exists():
                sys.stderr.write(log.read_text(errors="replace"))
            raise
        yield f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if (data / "postmaster.pid").exists():
            with suppress(subprocess.CalledProcessError):
                run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(directory, ignore_errors=True)


def run_command(command: Sequence[str], database_url: str) -> int:
    with subprocess.Popen(command, env={**os.environ, "DATABASE_URL": database_url}) as child:
        try:
            return child.wait()
        except BaseException as interruption:
            if not isinstance(interruption, KeyboardInterrupt):  # Ctrl-C reaches the child by itself
                child.terminate()
            try:
                child.wait(timeout=15)
            except BaseException:
                child.kill()
            raise


def stop(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main(command: Sequence[str]) -> int:
    binaries = find_binaries()
    if binaries is None:
        print("跳过：没有找到 PostgreSQL（initdb、pg_ctl）。Debian 上可运行：apt-get install postgresql")
        return SKIPPED
    account = find_account()
    if account is None:
        print("跳过：PostgreSQL 不能以 root 运行，本机又没有 postgres 或 nobody 用户。")
        return SKIPPED
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    try:
        with cluster(binaries, account) as database_url:
            print(f"临时 PostgreSQL：{binaries}", flush=True)
            return run_command(command, database_url)
    except KeyboardInterrupt:
        return 130
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"临时 PostgreSQL 没有启动：{error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
