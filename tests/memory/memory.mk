# Memory at its end: a program for Ouros alone, run by tests/memory/memory.t.
# SPDX-License-Identifier: MIT

grow := $(BUILD)/tests/memory/grow

$(grow): tests/memory/grow.c tests/check.h $(libc_parts) tools/cc
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc -O1 -g $(WARNINGS) -Itests $< -o $@

tests: $(grow)
