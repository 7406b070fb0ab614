# How long one call keeps others waiting: a program for Ouros alone, run by tests/latency/latency.t.

latency := $(BUILD)/tests/latency/calls

$(latency): tests/latency/calls.c $(libc_parts) tools/cc
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc -O1 -g $(WARNINGS) -Itests $< -o $@

tests: $(latency)
