#!/usr/bin/env bash
# Make .venv and install one requirements file into it: setup_venv.sh requirements.txt|requirements-dev.txt
# Does nothing when the stamp inside .venv matches the requirements and the interpreter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
requirements=${1:?用法：scripts/setup_venv.sh requirements.txt}
venv=.venv
stamp=$venv/.stamp-$requirements

is_suitable() { # Python 3.11 or later; $2 names modules it must have
    "$1" -c "import sys; sys.exit(sys.version_info < (3, 11))" 2>/dev/null &&
        "$1" -c "import ${2:-sys}" 2>/dev/null
}

find_python() {
    local candidate
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11 python3.14 \
        /usr/bin/python3 /usr/local/bin/python3 python; do
        if is_suitable "$candidate" "venv, ensurepip"; then
            echo "$candidate"
            return
        fi
    done
    return 1
}

make_venv() {
    local python
    if ! python=$(find_python); then
        scripts/system_packages.sh python || true
        if ! python=$(find_python); then
            echo "没有找到可用的 Python 3.11 或更高版本（需带 venv 模块）。" >&2
            echo "请先安装，例如 Debian 12：apt-get install python3 python3-venv；或用 PYTHON=路径 指定：make run PYTHON=…" >&2
            exit 1
        fi
    fi
    echo "建立虚拟环境 $venv（$("$python" --version)）……"
    "$python" -m venv --clear "$venv"
}

fingerprint() { # of the interpreter and of the requirements files, the included one too
    "$venv/bin/python" - requirements.txt "$requirements" <<'PYTHON'
import hashlib, sys
print(hashlib.sha256(b"\0".join([sys.version.encode(), *(open(name, "rb").read() for name in sys.argv[1:])])).hexdigest())
PYTHON
}

# One set-up at a time: two of them would install into the same directory.
if command -v flock >/dev/null; then
    exec 9<"$requirements"
    flock 9
fi

is_suitable "$venv/bin/python" pip || make_venv
if [[ ! -f $stamp || $(<"$stamp") != "$(fingerprint)" ]]; then
    echo "安装 $requirements（首次约需一两分钟）……"
    if ! "$venv/bin/python" -m pip install -qq --disable-pip-version-check -r "$requirements"; then
        echo "依赖没有装好：请检查网络或 pip 的软件源设置，然后重新运行。" >&2
        exit 1
    fi
    fingerprint >"$stamp"
fi
