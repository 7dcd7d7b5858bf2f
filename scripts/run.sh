#!/usr/bin/env bash
# From nothing to a running site with demo data: run.sh HOST PORT
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
host=${1:-127.0.0.1}
port=${2:-8000}
python=.venv/bin/python
manage() { "$python" manage.py "$@"; }

scripts/setup_venv.sh requirements.txt

if ! "$python" - "$host" "$port" <<'PYTHON' 2>/dev/null; then
import socket, sys
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((sys.argv[1], int(sys.argv[2])))
PYTHON
    echo "无法使用 $host:$port（多半已被占用）。请换一个端口：make run PORT=$((port + 1))" >&2
    exit 1
fi

mkdir -p "${DATA_DIR:-data}/static" # collectstatic's directory: empty here, WhiteNoise warns when it is missing
echo "更新数据库结构……"
manage migrate --noinput --verbosity 0

if manage shell --no-imports -c "from reform.models import Zone; raise SystemExit(0 if Zone.objects.exists() else 3)"; then
    manage demo_logins
else
    status=$?
    ((status == 3)) || exit "$status"
    echo "数据库中还没有开发区，装入演示数据……"
    manage load_demo
fi

shown_host=$host
[[ $host == 0.0.0.0 ]] && shown_host=127.0.0.1
echo
echo "系统地址：http://$shown_host:$port/    （按 Ctrl+C 停止）"
reload=--noreload
[[ -n ${RELOAD:-} ]] && reload=
export DJANGO_RUNSERVER_HIDE_WARNING=true # that it is Django's own server is said in the README
exec "$python" manage.py runserver $reload "$host:$port"
