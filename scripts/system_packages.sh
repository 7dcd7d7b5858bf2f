#!/usr/bin/env bash
# Debian's packages the tests use (or, with the argument "python", Python itself). Never fatal for the tests:
# what cannot be installed is named in one line, together with what is skipped without it.
set -uo pipefail
export DEBIAN_FRONTEND=noninteractive

has_chromium() {
    local name
    [[ -n ${CHROMIUM:-} ]] && return
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null && return
    done
    return 1
}
has_chinese_font() {
    if command -v fc-list >/dev/null; then [[ -n $(fc-list :lang=zh-cn family) ]]; else dpkg -s fonts-noto-cjk &>/dev/null; fi
}
has_postgres() {
    [[ -n ${DATABASE_URL:-} ]] || { command -v initdb && command -v pg_ctl; } >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null
}

missing=()
if [[ ${1:-} == python ]]; then
    missing+=(python3 python3-venv)
else
    has_chromium || missing+=(chromium)
    has_chinese_font || missing+=(fonts-noto-cjk)
    has_postgres || missing+=(postgresql)
fi
((${#missing[@]})) || exit 0

install() { apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1; }

explain() { # what a missing package means
    case $1 in
        chromium) echo "未安装 chromium：浏览器测试将跳过。" ;;
        fonts-noto-cjk) echo "未安装 fonts-noto-cjk：浏览器测试的页面上汉字显示为方块，不影响结果。" ;;
        postgresql) echo "未安装 postgresql：PostgreSQL 上的测试将跳过。" ;;
        *) echo "未安装 $1。" ;;
    esac
}

if [[ ! -f /etc/debian_version ]] || ! command -v apt-get >/dev/null; then
    reason="本机不是 Debian 类系统，请自行安装：${missing[*]}"
elif ((EUID != 0)); then
    reason="当前不是 root，可先运行：sudo apt-get install ${missing[*]}"
else
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    echo "安装系统软件包：${missing[*]}（首次约需几分钟）……"
    apt-get update -qq -o DPkg::Lock::Timeout=300 >"$log" 2>&1 || { echo "apt-get update 未完全成功：$(tail -n 1 "$log")"; }
    install "${missing[@]}" && exit 0
    left=()
    for package in "${missing[@]}"; do # one at a time: one that fails shall not take the others with it
        install "$package" || { left+=("$package"); echo "$package 安装失败：$(tail -n 1 "$log")"; }
    done
    missing=("${left[@]}")
    ((${#missing[@]})) || exit 0
    reason="请检查网络或软件源后运行：apt-get install ${missing[*]}"
fi
[[ ${1:-} == python ]] && exit 1 # setup_venv.sh says what is needed
for package in "${missing[@]}"; do explain "$package"; done
echo "$reason"
exit 1
