#!/usr/bin/env bash
# Every check of the project, one after the other; a summary at the end names what failed or was skipped.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
child=
interrupted() {
    trap '' INT TERM
    echo "已中断。"
    if [[ -n $child ]]; then kill "$child" && wait "$child"; fi
    exit 130
} 2>/dev/null
trap interrupted INT TERM
export PYTHONUTF8=1
DATA_DIR=$(mktemp -d) # the checks leave the real data directory alone
export DATA_DIR
trap 'rm -rf "$DATA_DIR"' EXIT

readonly SKIPPED=77 # exit status of with_postgres.py when there is no PostgreSQL
summary=()
failures=0
skips=0

step() { # step NAME COMMAND…
    local name=$1 status=0 started=$SECONDS
    shift
    printf '\n── %s\n' "$name"
    "$@" & # in the background, so that an interruption is heard at once
    child=$!
    wait "$child" || status=$?
    child=
    case $status in
        0) summary+=("通过  $name（$((SECONDS - started)) 秒）") ;;
        "$SKIPPED") summary+=("跳过  $name") skips=$((skips + 1)) ;;
        *) summary+=("失败  $name（退出码 $status）") failures=$((failures + 1)) ;;
    esac
}

scripts/setup_venv.sh requirements-dev.txt || exit 1
scripts/system_packages.sh || true

bin=.venv/bin
workers=${WORKERS:-auto}
pytest=("$bin/pytest" -n "$workers" --maxprocesses 4)

database_url=${DATABASE_URL:-}
unset DATABASE_URL # the checks and the first run of the tests are on SQLite

step "代码格式 ruff format" "$bin/ruff" format --check .
step "代码规范 ruff check" "$bin/ruff" check .
step "类型 mypy" "$bin/mypy"
step "依赖方向 lint-imports" "$bin/lint-imports"
step "迁移齐全 makemigrations --check" "$bin/python" manage.py makemigrations --check --dry-run
step "系统检查 manage.py check" "$bin/python" manage.py check
step "测试（SQLite，含浏览器）" "${pytest[@]}" -m "not soak"
if [[ -n $database_url ]]; then
    step "测试（DATABASE_URL 所指数据库）" env DATABASE_URL="$database_url" "${pytest[@]}" -m "not soak and not browser"
else
    step "测试（PostgreSQL，临时实例）" "$bin/python" scripts/with_postgres.py "${pytest[@]}" -m "not soak and not browser"
fi
if ! "$bin/python" -c "from tests.conftest import find_chromium; raise SystemExit(not find_chromium())"; then
    summary+=("跳过  浏览器测试：未找到 Chromium") skips=$((skips + 1))
fi

printf '\n── 汇总\n'
printf '%s\n' "${summary[@]}"
if ((failures)); then
    echo "共 $failures 项失败。"
    exit 1
fi
if ((skips)); then echo "其余全部通过，跳过 $skips 项。"; else echo "全部通过。"; fi
