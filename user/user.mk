# How the programs are built: each user/*.c is one program, linked with our libc, static.

user_sources := $(wildcard user/*.c)
user_programs := $(patsubst user/%.c,$(BUILD)/user/%,$(user_sources))

USER_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) -fno-pic -fno-pie -fno-stack-protector \
    -fno-asynchronous-unwind-tables -fcf-protection=none -nostdinc -Ilibc/include \
    -I$(BUILD)/include -isystem $(shell $(CC) -print-file-name=include 2>/dev/null)
USER_LDFLAGS := -m elf_x86_64 -static -nostdlib -z noexecstack --build-id=none

$(BUILD)/user/%.o: user/%.c $(BUILD)/flags user/user.mk | $(BUILD)/libc.a
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(USER_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(BUILD)/user/%: $(BUILD)/user/%.o $(BUILD)/crt1.o $(BUILD)/libc.a
	$(call say,LD,$@)
	$(Q)$(LD) $(USER_LDFLAGS) -o $@ $(BUILD)/crt1.o $< $(BUILD)/libc.a

-include $(user_programs:=.d)
