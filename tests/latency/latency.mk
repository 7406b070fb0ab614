# How long one call keeps others waiting: a program for Ouros alone, run by tests/latency/latency.t.
# SPDX-License-Identifier: MIT

latency := $(BUILD)/tests/latency/calls

latency_sources := $(sort $(wildcard tests/latency/*.c))

$(latency): $(latency_sources) tests/latency/latency.h $(libc_parts) tools/cc
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc -O1 -g $(WARNINGS) -Itests $(latency_sources) -o $@

tests: $(latency)
