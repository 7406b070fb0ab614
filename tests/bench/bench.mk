# The bench: Ouros beside Debian's Linux in the same QEMU. ICOUNT=1 counts instructions instead;
# ROWS=fork,stat picks rows or groups; ROUNDS= says how often, MEM= with how much memory; LINUX= names another
# kernel's image.
# SPDX-License-Identifier: MIT

bench_sources := $(sort $(filter-out %_program.c,$(wildcard tests/bench/*.c)))
bench_programs := $(BUILD)/tests/bench/bench $(BUILD)/tests/bench/tiny

$(BUILD)/tests/bench/bench: $(bench_sources) tests/bench/bench.h $(libc_parts) tools/cc
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc $(WARNINGS) $(bench_sources) -o $@

$(BUILD)/tests/bench/tiny: tests/bench/tiny_program.c $(libc_parts) tools/cc
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc $(WARNINGS) $< -o $@

tests: $(bench_programs)

.PHONY: bench
bench:                         ## Ouros and Linux side by side (ICOUNT=1, ROWS=fork, ROUNDS=3)
	@tools/setup bench
	@$(MAKE) --no-print-directory kernel $(bench_programs)
	@BUILD=$(BUILD) tools/bench $(if $(ICOUNT),--icount) $(if $(ROWS),--rows $(ROWS)) \
	 $(if $(ROUNDS),--rounds $(ROUNDS)) \
	 $(if $(MEM),--mem $(MEM))
