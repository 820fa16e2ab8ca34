# make build    the command line, bin/zkml
# make test     all tests of both packages
# make demo     real models from ONNX file to verified proof (Examples/digits)
# make check-cli       exit statuses, JSON and refusals of the command line, chained models
# make check-threads   one thread gives the same keys and proofs as many
# make check-kernels every test of the root package with each implementation of the kernels
# make conformance     ONNX's backend test cases by integer inference (CONFORMANCE=light: whole models)
# make fuzz     every decoder and the verifier under libFuzzer, FUZZ_SECONDS each
# make lint     formatting; `make format` mends it
# make clean
#
# SWIFTFLAGS goes to every swift build, SWIFT names the toolchain's driver.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
SWIFT ?= swift
SWIFTFLAGS ?=
FUZZ_SECONDS ?= 30
PYTHON ?= python3
CONFORMANCE ?= cases
export SWIFT SWIFTFLAGS FUZZ_SECONDS

SOURCES := $(wildcard Package.swift Sources Tests Tools Fuzz Benchmarks)

.PHONY: build test demo check-cli check-threads check-kernels conformance fuzz format lint clean system-libraries

build: system-libraries
	$(SWIFT) build -c release --package-path Tools --product zkml $(SWIFTFLAGS)
	@mkdir -p bin
	@install -m 755 "$$($(SWIFT) build -c release --package-path Tools --show-bin-path)/zkml" bin/zkml
	@echo "built bin/zkml"

# Without @testable imports the second package's modules are compiled as `make build` compiles them.
test: system-libraries
	@mkdir -p out
	$(SWIFT) test -c release $(SWIFTFLAGS) 2>&1 | tee out/test-root.log
	$(SWIFT) test -c release --package-path Tools --disable-testable-imports --disable-xctest \
		$(SWIFTFLAGS) 2>&1 | tee out/test-tools.log
	@echo; echo "root package:"; tail -n 3 out/test-root.log
	@echo "Tools:"; tail -n 3 out/test-tools.log

demo: build
	@Examples/digits/demo.sh

check-cli: build
	@.ci/check-cli

check-threads: build
	@.ci/check-threads

check-kernels: system-libraries
	@.ci/check-kernels

conformance: build out/python/ready
	@out/python/bin/python -W ignore -m unittest discover --quiet --start Tests/Conformance
	@out/python/bin/python Tests/Conformance/conformance.py --table Docs/operators.md --gaps \
		$(if $(filter light,$(CONFORMANCE)),--light --json out/conformance-light.json)

out/python/ready: Tests/Vectors/requirements.txt
	$(PYTHON) -m venv --clear out/python
	out/python/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

fuzz: system-libraries
	@.ci/fuzz

format:
	$(SWIFT) format format --in-place --recursive --parallel $(SOURCES)

lint:
	$(SWIFT) format lint --strict --recursive --parallel $(SOURCES)

clean:
	rm -rf .build Tools/.build Fuzz/.build Benchmarks/.build bin out

system-libraries:
	@.ci/system-libraries
