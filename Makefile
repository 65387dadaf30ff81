# Every target sets up what it needs; see README.md.
SWIFT ?= swift
# Undeclared imports between modules fail the build: the arrows of ARCHITECTURE.md are kept by it.
STRICT = --explicit-target-dependency-import-check error
RELEASE = .build/release/mlops
# A program that needs no Swift where it runs, and starts in half the time; macOS has Swift's libraries.
STATIC := $(if $(filter Linux,$(shell uname)),--static-swift-stdlib)
PRODUCTS = mlops

.PHONY: demo test build release bench crash fuzz soak conformance lint format clean bootstrap

bootstrap:
	@./bootstrap

## The whole loop on the sample registry, in a temporary workspace.
demo: release
	@$(RELEASE) demo

## Everything that must hold, in one command; the last lines are the totals of swift test.
## One test after the other: several measure, kill or compute on all cores.
test: bootstrap lint
	$(SWIFT) build --build-tests $(STRICT)
	$(SWIFT) test --skip-build --no-parallel $(STRICT)

build: bootstrap
	$(SWIFT) build $(STRICT)

release: bootstrap
	@for product in $(PRODUCTS); do \
	  $(SWIFT) build -c release --product $$product $(STATIC) $(STRICT) || exit; done

## Every benchmark, on a quiet machine; appends to Benchmarks/RESULTS.md.
bench: release
	@Benchmarks/run all

## Kills the registry at every system call that changes the disk, and trainings at many and at random times.
crash: bootstrap
	@Tests/Crash/run
	@Tests/Crash/training

## The tests with damaged GGUF, safetensors and Parquet files, schemas and rows, fifty times as long.
fuzz: bootstrap
	$(SWIFT) build --build-tests $(STRICT)
	MLOPS_FUZZ=50 $(SWIFT) test --skip-build --no-parallel --filter "GGUFFuzz|SafetensorsFuzz|ParquetFuzz|RowBatch|OfficialSuite" $(STRICT)

## Simulated comparisons on live traffic, 2,000 of each kind, and every form of weights.
soak: bootstrap
	$(SWIFT) build --build-tests $(STRICT)
	MLOPS_LIVE_TESTS=2000 MLOPS_PEEKING_TESTS=2000 MLOPS_ALL_MIXTURES=1 \
	  $(SWIFT) test --skip-build --no-parallel --filter "RealRatings|Peeking|Independence" $(STRICT)

## Adapters and figures, held against PEFT and lm-evaluation-harness themselves: PYTHON names one with torch,
## transformers and gguf, and with peft, lm_eval or both.
PYTHON ?= python3
conformance: bootstrap
	@if $(PYTHON) Tests/Conformance/peft.py available 2>/dev/null \
	  || $(PYTHON) Tests/Conformance/harness.py available 2>/dev/null; then \
	  $(SWIFT) build --build-tests $(STRICT) && \
	  MLOPS_PYTHON=$(PYTHON) $(SWIFT) test --skip-build --no-parallel \
	    --filter "PEFTConformance|HarnessConformance" $(STRICT); \
	else echo "skipped: $(PYTHON) lacks torch, transformers, gguf, or peft and lm_eval; name one with PYTHON=…"; fi

lint:
	@$(SWIFT) format lint --strict --parallel -r Package.swift Sources Tests

format:
	@$(SWIFT) format -i --parallel -r Package.swift Sources Tests

clean:
	rm -rf .build
