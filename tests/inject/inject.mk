# The system calls under fault injection: a program for Ouros alone, run by tests/inject/inject.t.
# SPDX-License-Identifier: MIT

inject := $(BUILD)/tests/inject/inject

$(inject): $(wildcard tests/inject/*.c) $(wildcard tests/inject/*.h) $(fuzz_calls) \
           $(libc_parts) tools/cc
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc -O1 -g $(WARNINGS) -Itests -I$(dir $(fuzz_calls)) \
	    $(filter %.c,$^) -o $@

tests: $(inject)
