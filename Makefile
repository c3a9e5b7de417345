# The words a person types. Meson and ninja do the work; tools/setup.sh installs what a Debian 12 machine lacks.
#
#   make run     build, load the demonstration office into ./data when there is none, and serve it
#   make test    build plainly and with sanitizers, run every suite; the last line counts
#   make fuzz    fuzz the parsers, FUZZ_SECONDS each (default 60)
#   make bench   measure a release build against the limits of the machine: bench/bench.py, docs/performance.md
LISTEN ?= 127.0.0.1:8080
PASSWORD = Yuejin-2024
FUZZ_SECONDS ?= 60

.PHONY: build run test bench fuzz pictures clean setup

build: setup
	@tools/build.sh build fazhi

setup:
	@tools/setup.sh build

# A half-loaded office never becomes ./data.
run: build
	@if [ ! -e data ]; then \
	  rm -rf build/demo-data && build/fazhi demo --data build/demo-data --password $(PASSWORD) && mv build/demo-data data; \
	fi
	@build/fazhi user list --data data
	@echo
	@echo '演示账号见上，密码均为 $(PASSWORD)（首次装入时设定）'
	@echo '请在浏览器打开 http://$(LISTEN)/ ，按 Ctrl-C 结束'
	@exec build/fazhi serve --data data --listen $(LISTEN)

test:
	@tools/test.py

bench: setup
	@tools/build.sh build-bench "fazhi bench-programs" --buildtype=release
	@bench/bench.py

fuzz:
	@tools/setup.sh fuzz
	@tools/fuzz.sh $(FUZZ_SECONDS)

# Pages at both widths, into build/pictures; those of the READMEs, into docs/pictures.
pictures: build
	@tools/setup.sh test
	@cd tests/browser && node pictures.mjs

clean:
	rm -rf build build-asan build-bench build-fuzz
