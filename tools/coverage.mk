# `make coverage`: which lines of the kernel the tests reach, as a page, and how many must be.
#
# COVERAGE=1 makes the kernel count how often each branch is taken; tools/lib/coverage.py tells how
# the counts get out. Assembly is not counted. What the tests say is no matter here, `make test` is
# for that; nor what the compiler says of code with counts, hence no WERROR.
# SPDX-License-Identifier: MIT

# Of the kernel's lines of C, in per cent, a little less than when this was last measured.
COVERAGE_FLOOR ?= 90

ifneq ($(COVERAGE),)
KERNEL_CFLAGS += --coverage -fprofile-info-section -fprofile-update=atomic
KERNEL_LDFLAGS += --defsym=__gcov_merge_add=0
endif

# Not the tests that build kernels of their own or run none, nor the long ones, which do the same
# calls over and over: comparing with Linux, fuzzing, memory at its end, long calls by their time.
coverage_tests := $(filter-out $(host_tests) tests/host/% tests/docs.t tests/bench/counts.t \
    tests/seen/sanitize.t tests/tools/build.t tests/tools/setup.t tests/libc/ports.t \
    tests/differ/differ.t tests/fuzz/fuzz.t tests/memory/memory.t tests/latency/latency.t,$(TESTS))

# A machine's counts are taken while a processor is still in the function that turns it off. So a
# branch may seem to be taken -1 times, which gcovr takes for a mistake in what it reads.
.PHONY: coverage coverage-run
coverage:                      ## the kernel's coverage by the tests: $(BUILD)/coverage/page/index.html
	@tools/setup test && tools/setup coverage
	+@$(inner_make) BUILD=$(BUILD)/coverage COVERAGE=1 WERROR= coverage-run

coverage-run: all iso $(test_programs) $(inject)
	@: > $(BUILD)/coverage.counts
	$(call say,RUN,$(words $(batch)) test programs on Ouros)
	$(Q)BUILD=$(BUILD) tests/batch.py $(batch)
	@$(prove) -j$(JOBS) $(coverage_tests) || \
	 echo 'What failed was counted all the same: whether the tests pass, make test tells.'
	@python3 tools/lib/coverage.py $(BUILD)
	@mkdir -p $(BUILD)/page
	@echo 'The page: $(BUILD)/page/index.html'
	@gcovr --root . --filter kernel/ --print-summary --gcov-ignore-parse-errors \
	    --html-details $(BUILD)/page/index.html --html-title 'Ouros' \
	    --fail-under-line $(COVERAGE_FLOOR) $(BUILD)/kernel
