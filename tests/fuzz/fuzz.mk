# The fuzzer: `make fuzz SEED= CALLS= CPUS=` runs it in a fresh machine and cuts down what fails.
# It also takes part in `make check` (tests/fuzz/fuzz.t).
# SPDX-License-Identifier: MIT

SEED ?= 1
CALLS ?= 1000000
CPUS ?= 1

fuzz := $(BUILD)/tests/fuzz/fuzz
fuzz_calls := $(BUILD)/tests/fuzz/calls.h

$(fuzz_calls): kernel/syscall/table.awk tests/fuzz/calls.awk kernel/syscall/syscall.tbl
	$(call say,AWK,$@)
	@mkdir -p $(@D)
	$(Q)awk -f kernel/syscall/table.awk -f tests/fuzz/calls.awk kernel/syscall/syscall.tbl > $@

$(fuzz): $(wildcard tests/fuzz/*.c) $(wildcard tests/fuzz/*.h) $(fuzz_calls) $(libc_parts) tools/cc
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc -O2 -g $(WARNINGS) -I$(@D) $(filter %.c,$^) -o $@

.PHONY: fuzz
tests: $(fuzz)

fuzz: all $(fuzz)              ## random system calls (SEED= CALLS= CPUS=); a failure is cut down
	@BUILD=$(BUILD) tests/fuzz/run --seed $(SEED) --calls $(CALLS) --cpus $(CPUS)
