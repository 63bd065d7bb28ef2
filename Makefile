# One word a task. Each target works on a fresh machine and in any order; the work is in scripts/.
# `make help` lists them.

PREFIX ?= /usr/local
DESTDIR ?=
SHELL := bash

.DEFAULT_GOAL := help
.PHONY: help deps lib tool install uninstall dist debs demo test check mutations bench soak proof format contract clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | while IFS=$$'\t' read -r name text; do \
	  printf '  make %-9s %s\n' "$$name" "$$text"; done

deps: ## install what is missing (libuv, jemalloc, zlib, clang-format ...); does nothing when all is there
	@scripts/deps

lib: deps ## build the shared library into out/lib
	@scripts/lib

tool: deps ## build the command `hujia` into out/bin
	@scripts/tool

install: ## install library, header, tool, man pages, plans; builds only what is missing (PREFIX=/usr/local, LIBDIR=, DESTDIR=)
	@PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' DESTDIR='$(DESTDIR)' scripts/install

uninstall: ## take out what `make install` put there (the same PREFIX, LIBDIR, DESTDIR)
	@PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' DESTDIR='$(DESTDIR)' scripts/install --remove

dist: ## the sources of the newest commit as one archive, out/hujia-VERSION.tar.gz
	@scripts/packaging/dist

debs: ## Debian packages into out/debs: libhujia0, libhujia-dev, hujia-tools
	@scripts/deps debs && scripts/packaging/debs

demo: deps ## a week of calls through the engine: the table here, the page in out/report.html
	@scripts/demo

test: deps ## the whole suite: Swift tests, C programs and examples against an installed copy
	@scripts/test

check: deps ## everything that CI holds: format, rules, tests in debug and release, sanitizers, exports
	@scripts/check

mutations: deps ## plant faults in a copy of the engine; each must be found by the test that it names
	@scripts/mutations

bench: deps ## the benchmarks (a package of their own)
	@scripts/bench

soak: deps ## ten minutes of stress: memory flat, books exact (SECONDS=600)
	@scripts/soak $(SECONDS)

proof: deps ## the journal's fault matrix whole: an hour or two (CI takes a part of it)
	@scripts/proof

format: deps ## rewrite Swift and C sources in the committed style
	@scripts/format --write

contract: ## generate anew what follows from include/hujia.h
	@scripts/contract

clean: ## remove everything that was built
	rm -rf .build .build-* out Benchmarks/.build examples/swift/.build
