# Host tests: rooms without kernel knowledge, compiled for this machine with ASan and UBSan.

HOST_CC ?= $(CC)
HOST_CFLAGS := -std=gnu11 -Wall -Wextra -g -O1 -fsanitize=address,undefined \
    -fno-sanitize-recover=all -Ikernel/include -Itests/host -I$(BUILD)/gen

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

.PHONY: check-host
check-host: $(host_tests)      ## the host tests alone
	@prove --exec '' $(host_tests)

-include $(host_lib:.o=.d) $(host_tests:=.d)
