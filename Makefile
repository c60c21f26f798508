# SPDX-License-Identifier: AGPL-3.0-or-later
# A short front of Meson: `make demo` and `make check` do everything on a fresh Debian 12.
BUILD ?= build
DEMO ?= demo

.PHONY: all deps deps-check build demo check check-long bench sanitize fuzz format lint install clean

all: build

deps:
	@tools/install-deps.sh

deps-check:
	@tools/install-deps.sh check

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) >/dev/null || (cat $(BUILD)/meson-logs/meson-log.txt | tail -30; exit 1)

build: deps $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet

demo: build
	@rm -rf $(DEMO) && mkdir -p $(DEMO)
	@$(BUILD)/src/cmd/tidemark simulate --stage 2 --orders 2000 $(DEMO)/exports
	@$(BUILD)/src/cmd/tidemark assess $(DEMO)/exports --html $(DEMO)/report.html

check: deps-check $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet
	@tools/check.sh $(BUILD)

# The long form of the slow proofs; docs/proofs.md holds the figures.
check-long: deps-check $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet
	@tools/check.sh $(BUILD) long

bench: deps-check $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet
	@bench/run.sh $(BUILD)

format:
	@find src node tests bench -name '*.[ch]' | xargs clang-format -i

lint: deps-check
	@tools/lint.sh

install: build
	@meson install -C $(BUILD)

clean:
	@rm -rf $(BUILD) $(BUILD)-clang $(BUILD)-asan $(BUILD)-fuzz $(DEMO)
