# The tests: `make check` builds and runs all of them under prove; JOBS= says how many at once,
# TESTS= picks some, THOROUGH=1 lets those that try much try more. What failed shows the call, got,
# wanted, file:line, and then the summary.
# SPDX-License-Identifier: MIT

include tests/host/host.mk
include tests/fuzz/fuzz.mk
include tests/inject/inject.mk
include tests/latency/latency.mk
include tests/memory/memory.mk

TESTS ?= $(host_tests) $(guest_tests) $(sort $(wildcard tests/*.t tests/*/*.t))

# Programs that run on Linux and on Ouros, each one C file built with tools/cc.
guest_sources := $(sort $(wildcard tests/sys/*.c tests/os/*.c tests/libc/*.c))
guest_tests := $(patsubst tests/%.c,$(BUILD)/tests/%,$(guest_sources))
guest_tools := $(BUILD)/tests/leakcheck $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/seen/*.c))

$(guest_tests) $(guest_tools): $(BUILD)/tests/%: tests/%.c tests/check.h $(libc_parts) tools/cc
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc -g -O1 $(WARNINGS) -Itests -MMD -MP -MF $@.d $< -o $@
-include $(guest_tests:=.d)

# Programs of a few calls by number, for Linux and Ouros side by side.
differ := $(BUILD)/tests/differ/differ
$(differ): $(wildcard tests/differ/*.c tests/differ/*.h) $(libc_parts) tools/cc
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)BUILD=$(BUILD) CC='$(CC)' tools/cc -g $(WARNINGS) $(filter %.c,$^) -o $@

# The kernel of tests/seen/sanitize.t, in a build folder of its own with the same programs.
sanitized := $(BUILD)/sanitized
$(sanitized)/ouros.elf: FORCE
	@mkdir -p $(@D)
	@ln -sfn ../rootfs.cpio $(@D)/rootfs.cpio && ln -sfn ../tests $(@D)/tests
	@$(MAKE) --no-print-directory BUILD=$(@D) SANITIZE=kernel-address,undefined kernel

.PHONY: check check-failed tests
test_programs := $(differ) $(host_tests) $(guest_tests) $(guest_tools)
tests: $(test_programs) $(sanitized)/ouros.elf

prove := BUILD=$(BUILD) CC='$(CC)' prove --timer --failures --comments --exec tests/one \
    --statefile=$(BUILD)/prove.state

# More than a few programs run in one machine for each number of processors, before prove judges.
batch = $(filter $(guest_tests),$(TESTS))

# The longest first, so that none of them is alone at the end; and one more at once than there are
# processors, unless JOBS= says how many, for several wait more than they work.
longest := $(addprefix tests/,latency/latency.t libc/ports.t differ/differ.t docs.t tools/vm.t fuzz/fuzz.t tools/build.t \
    libc/same.t libc/math.t tools/tools.t user/interactive.t user/osh.t seen/sanitize.t seen/debugger.t)
ordered = $(filter $(TESTS),$(longest)) $(filter-out $(longest),$(TESTS))
at_once = $(if $(filter file,$(origin JOBS)),$(shell expr $(JOBS) + 1),$(JOBS))

check: all iso tests           ## all tests, without looking at the set-up first
	$(if $(word 5,$(batch)),$(call say,RUN,$(words $(batch)) test programs on Ouros))
	$(if $(word 5,$(batch)),$(Q)BUILD=$(BUILD) tests/batch.py $(batch),@rm -rf $(BUILD)/tests/said)
	@$(prove) -j$(at_once) --state=save $(ordered)

check-failed:                  ## once more, one at a time, those that failed in the last check
	@$(prove) --state=failed,save
