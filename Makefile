# make run · make test: both start from nothing; the set-up is part of them.
SHELL := bash
export PYTHONUTF8 := 1

# HOST is set on the command line only: some shells export a variable of that name.
HOST = 127.0.0.1
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help run test format soak bench clean

help: ## 列出可用的命令
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## 安装、建库、装入演示数据并启动（可加 PORT=8001、HOST=0.0.0.0、RELOAD=1）
	@scripts/run.sh $(HOST) $(PORT)

test: ## 全部检查与测试：格式、类型、依赖方向、SQLite、PostgreSQL、浏览器
	@scripts/checks.sh

format: ## 统一代码格式，并修正可自动修正的问题
	@scripts/setup_venv.sh requirements-dev.txt
	@.venv/bin/ruff check --fix-only . && .venv/bin/ruff format .

soak: ## 长时间测试：性质测试每项 2000 例，含 soak 标记的慢测试
	@scripts/setup_venv.sh requirements-dev.txt
	HYPOTHESIS_PROFILE=soak .venv/bin/pytest -m "not browser" -n auto

bench: ## 运行 benchmarks/ 下的性能对比
	@scripts/setup_venv.sh requirements-dev.txt
	@shopt -s nullglob; files=(benchmarks/[!_]*.py); (($${#files[@]})) || echo "benchmarks/ 下还没有脚本。"; \
	for file in "$${files[@]}"; do echo "== $$file"; PYTHONPATH=. .venv/bin/python "$$file" || exit 1; done

clean: ## 删除虚拟环境与缓存（数据不动）
	rm -rf .venv .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
