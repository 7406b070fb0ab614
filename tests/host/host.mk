# Host tests: rooms without kernel knowledge, compiled for this machine with ASan and UBSan.
# SPDX-License-Identifier: MIT

HOST_CC ?= $(CC)
HOST_CFLAGS := -std=gnu11 -Wall -Wextra -g -O1 -fsanitize=address,undefined \
    -fno-sanitize-recover=all -Ikernel/include -Ikernel/include/plain -Ikernel -Itests/host -I$(BUILD)/gen

host_lib := $(patsubst kernel/lib/%.c,$(BUILD)/tests/host/lib/%.o,$(wildcard kernel/lib/*.c))
host_tests := $(patsubst tests/host/%.c,$(BUILD)/tests/host/%,$(wildcard tests/host/test_*.c))

$(BUILD)/tests/host/lib/%.o: kernel/lib/%.c
	$(call say,CC,$< (host))
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(DEPFLAGS) -include tests/host/rename.h -c $< -o $@

$(BUILD)/tests/host/lib.a: $(host_lib)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(BUILD)/tests/host/test_%: tests/host/test_%.c $(BUILD)/tests/host/lib.a | $(syscall_tables)
	$(call say,CC,$<)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(DEPFLAGS) $< $(BUILD)/tests/host/lib.a -o $@

# Between any two steps of mm's own code other processors act: so they are small, and counted.
$(BUILD)/tests/host/test_spaces: tests/host/test_spaces.c tests/host/steps.c $(BUILD)/tests/host/lib.a
	$(call say,CC,$<)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -c tests/host/steps.c -o $@.steps.o
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -Ikernel $(DEPFLAGS) -O0 -fsanitize-coverage=trace-pc $< \
	    $@.steps.o $(BUILD)/tests/host/lib.a -o $@

# The tests of vfs and ramfs have these rooms, the annexes that add calls to them, and a shim in the
# place of the floors below.
host_vfs := $(patsubst kernel/%.c,$(BUILD)/tests/host/%.o,$(wildcard kernel/sched/deadline.c kernel/vfs/*.c kernel/ramfs/*.c \
    kernel/annex/files/*.c kernel/annex/memfd/*.c kernel/annex/holes/*.c \
    kernel/annex/exchange/*.c kernel/annex/protect/*.c kernel/annex/fifo/mknod.c) \
    $(filter-out %/owner.c,$(wildcard kernel/annex/locks/*.c)))

$(host_vfs): $(BUILD)/tests/host/%.o: kernel/%.c | $(syscall_tables)
	$(call say,CC,$< (host))
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(BUILD)/tests/host/vfs/shim.o: tests/host/vfs/shim.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(BUILD)/tests/host/vfs.a: $(host_vfs) $(BUILD)/tests/host/vfs/shim.o
	$(Q)rm -f $@ && $(AR) rcs $@ $^

host_vfs_archives := $(BUILD)/tests/host/vfs.a $(BUILD)/tests/host/lib.a

$(BUILD)/tests/host/test_vfs_%: tests/host/test_vfs_%.c $(host_vfs_archives)
	$(call say,CC,$<)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(DEPFLAGS) $< $(host_vfs_archives) -o $@

.PHONY: check-host
check-host: $(host_tests)      ## the host tests alone
	@prove --exec '' $(host_tests)

-include $(host_lib:.o=.d) $(host_vfs:.o=.d) $(BUILD)/tests/host/vfs/shim.d $(host_tests:=.d)
