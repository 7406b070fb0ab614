# How the programs are built: each user/*.c is one program, linked statically with our libc.
# SPDX-License-Identifier: MIT

user_sources := $(wildcard user/*.c)
user_programs := $(patsubst user/%.c,$(BUILD)/user/%,$(user_sources))

USER_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) -fno-pic -fno-pie -fno-stack-protector \
    -fno-asynchronous-unwind-tables -fcf-protection=none -nostdinc -isystem libc/include \
    -isystem $(BUILD)/include -isystem $(shell $(CC) -print-file-name=include 2>/dev/null)
USER_LDFLAGS := -m elf_x86_64 -static -nostdlib -z noexecstack -z max-page-size=4096 \
    --build-id=none --gc-sections -T libc/x86_64/program.ld

$(BUILD)/user/%.o: user/%.c $(BUILD)/flags user/user.mk | $(BUILD)/libc.a
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) -MD -MP -c $< -o $@

$(user_programs): $(BUILD)/user/%: $(BUILD)/user/%.o $(libc_parts)
	$(call say,LD,$@)
	$(Q)$(LD) $(USER_LDFLAGS) -o $@ $(BUILD)/crt1.o $(filter $(BUILD)/user%.o,$^) $(BUILD)/libc.a

$(BUILD)/user/calls.o: USER_CFLAGS += -I$(BUILD)/gen
$(BUILD)/user/calls.o: $(BUILD)/gen/syscall_names.h

# The second file of osh.
$(BUILD)/user/osh: $(BUILD)/user-lib/edit.o
$(BUILD)/user/init: $(BUILD)/user-lib/pack.o
$(BUILD)/user-lib/%.o: user/lib/%.c $(BUILD)/flags user/user.mk | $(BUILD)/libc.a
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) -MD -MP -c $< -o $@
-include $(BUILD)/user-lib/edit.d $(BUILD)/user-lib/pack.d

# The programs in the image keep their symbols, for the names in reports, but not the other
# information for gdb, which is five times as large as the program.
image_programs := $(user_programs:$(BUILD)/user/%=$(BUILD)/image/%)

$(image_programs): $(BUILD)/image/%: $(BUILD)/user/%
	@mkdir -p $(@D)
	$(Q)$(OBJCOPY) --strip-debug $< $@

-include $(user_programs:=.d)
