# How the C library is built: $(BUILD)/libc.a, $(BUILD)/crt1.o and the headers of $(BUILD)/include.
# The top Makefile includes it; by itself: make -f libc/libc.mk [BUILD=folder] [CC=clang].
# SPDX-License-Identifier: MIT

BUILD ?= build
WARNINGS ?= -Wall -Wextra $(if $(WERROR),-Werror)
CFLAGS ?= -O2 -g
ifeq ($(origin AR),default)
AR := ar
endif
NM ?= nm
OBJCOPY ?= objcopy
CLANG ?= $(findstring clang,$(shell $(CC) --version 2>/dev/null))
Q ?= $(if $(V),,@)
say ?= @printf '  %-5s%s\n' '$(1)' '$(2)'

# The library of mathematics is musl's, where its archive is installed; MUSL= names it, or is empty.
MUSL ?= $(firstword $(wildcard /usr/lib/x86_64-linux-musl/libc.a \
    /usr/x86_64-linux-musl/lib64/libc.a /usr/lib/musl/lib/libc.a))

# What a program is linked with.
libc_parts := $(BUILD)/libc.a $(BUILD)/crt1.o $(if $(MUSL),$(BUILD)/libm.a)
libc_default: $(libc_parts)

# Every source file in these folders is part of the library. Where possible a function has its own
# file.
libc_sources := $(sort $(wildcard $(foreach room,x86_64 internal start string ctype stdlib malloc \
                  stdio time env process unistd dir signal users misc os \
                  thread locale wide regex search,libc/$(room)/*.[cS])))
libc_objects := $(patsubst %,$(BUILD)/%.o,$(basename $(libc_sources))) \
                $(BUILD)/libc/plain_calls.o $(BUILD)/libc/os_plain.o
libc_generated := $(addprefix $(BUILD)/include/,syscall_numbers.h os.h) $(BUILD)/libc/sys_calls.h
libc_headers := $(wildcard libc/include/*.h libc/include/sys/*.h)
libc_abi := $(patsubst kernel/include/%,$(BUILD)/include/%,$(wildcard kernel/include/abi/*.h))

# Each function has its own section, so that the linker drops what a program does not call. Only
# general registers are used, so that the kernel need not save vector registers for a program
# without floating point.
LIBC_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) -ffreestanding -fno-pic -fno-pie \
    -fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables -fcf-protection=none \
    -fno-strict-aliasing -ffunction-sections -fdata-sections -nostdinc -Ilibc/internal \
    -Ilibc/x86_64 -I$(BUILD)/libc -isystem libc/include -isystem $(BUILD)/include \
    -isystem $(shell $(CC) -print-file-name=include 2>/dev/null)
LIBC_CFLAGS += $(if $(CLANG),,-fno-tree-loop-distribute-patterns)

# The files that pass or compute floating point numbers: the families of printf and strtod.
libc_float := $(BUILD)/libc/stdio/printf% $(BUILD)/libc/stdio/format% $(BUILD)/libc/stdio/scan% \
    $(BUILD)/libc/stdlib/strtod% $(BUILD)/libc/misc/math% $(BUILD)/libc/misc/err% \
    $(BUILD)/libc/time/float% $(BUILD)/libc/os/float% $(BUILD)/libc/x86_64/fenv% \
    $(BUILD)/libc/wide/float% $(BUILD)/libc/wide/wprintf% $(BUILD)/libc/stdlib/float% $(BUILD)/libc/locale/float%
libc_registers = $(if $(filter $(libc_float),$@),,-mgeneral-regs-only)

$(BUILD)/libc/%.o: libc/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIBC_CFLAGS) $(libc_registers) -MD -MP -c $< -o $@

$(BUILD)/libc/%.o: libc/%.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LIBC_CFLAGS) -MD -MP -c $< -o $@

$(BUILD)/libc/plain_calls.o $(BUILD)/libc/os_plain.o: %.o: %.c
	$(call say,CC,$<)
	$(Q)$(CC) $(LIBC_CFLAGS) -mgeneral-regs-only -MD -MP -c $< -o $@

$(libc_objects): libc/libc.mk | $(libc_generated) $(libc_abi)

$(BUILD)/include/abi/%: kernel/include/abi/%
	@mkdir -p $(@D)
	$(Q)cp $< $@

$(BUILD)/include/syscall_numbers.h: kernel/syscall/syscall.tbl libc/generate/sys_calls.awk
	@mkdir -p $(@D)
	$(Q)awk -v want=numbers -f libc/generate/sys_calls.awk $< > $@

$(BUILD)/libc/sys_calls.h: kernel/syscall/syscall.tbl libc/generate/sys_calls.awk
	@mkdir -p $(@D)
	$(Q)awk -v want=stubs -f libc/generate/sys_calls.awk $< > $@

$(BUILD)/libc/plain_calls.c: libc/plain.tbl libc/generate/plain_calls.awk
	@mkdir -p $(@D)
	$(Q)awk -f libc/generate/plain_calls.awk $< > $@

$(BUILD)/libc/os_plain.c: libc/os.tbl libc/generate/os_plain.awk
	@mkdir -p $(@D)
	$(Q)awk -f libc/generate/os_plain.awk $< > $@

$(BUILD)/include/os.h: libc/os.tbl libc/os_head.h libc/generate/os_header.awk
	@mkdir -p $(@D)
	$(Q)awk -f libc/generate/os_header.awk libc/os_head.h libc/os.tbl > $@

# The archive is made in two steps: first as compiled; then names that no header mentions are
# hidden, and all others become weak and get a second name for the archive's own use. So a program
# may have its own reallocarray, wherever the archive is on the command line.
$(BUILD)/libc/all.a: $(libc_objects)
	$(call say,AR,$(BUILD)/libc.a)
	$(Q)rm -f $@ && $(AR) rcs $@ $(filter-out %/x86_64/start.o,$^)

$(BUILD)/libc/hidden_names: $(BUILD)/libc/all.a libc/generate/hidden_names.awk
	$(Q)$(NM) -g --defined-only $< 2>/dev/null | awk -f libc/generate/hidden_names.awk \
	    $(libc_headers) $(BUILD)/include/os.h - > $@

$(BUILD)/libc.a: $(BUILD)/libc/all.a $(BUILD)/libc/hidden_names libc/generate/own_names.py
	$(Q)$(OBJCOPY) --redefine-syms=$(BUILD)/libc/hidden_names $< $@.new
	$(Q)python3 libc/generate/own_names.py $@.new && $(AR) s $@.new && mv $@.new $@

# Every program depends on it; so a change of the layout links all of them again.
$(BUILD)/crt1.o: $(BUILD)/libc/x86_64/start.o $(BUILD)/libc/hidden_names libc/x86_64/program.ld
	$(Q)$(OBJCOPY) --redefine-syms=$(BUILD)/libc/hidden_names $< $@

# Only what <math.h> and <complex.h> need of musl, as objects: nothing of its stdio, malloc or errno.
$(BUILD)/libm.a: $(MUSL) $(BUILD)/libc.a libc/generate/libm_members.awk libc/generate/own_names.py
	$(call say,AR,$@)
	$(Q)rm -rf $(BUILD)/libm && mkdir -p $(BUILD)/libm
	$(Q)$(NM) -g $(BUILD)/libc.a > $(BUILD)/libm/ours 2>/dev/null
	$(Q)$(NM) -g $(MUSL) 2>/dev/null | awk -f libc/generate/libm_members.awk libc/include/math.h \
	    libc/include/complex.h $(BUILD)/libm/ours - > $(BUILD)/libm/members
	$(Q)cd $(BUILD)/libm && $(AR) x $(abspath $(MUSL)) `cat members` && rm -f ../libm.a.new && \
	    $(AR) rcsD ../libm.a.new `cat members`
	$(Q)python3 libc/generate/own_names.py $@.new && $(AR) s $@.new && mv $@.new $@

# The names that the tests must cover, and a check that the table in README.md is up to date.
$(BUILD)/libc/os_names: libc/os.tbl libc/generate/os_coverage.awk
	@mkdir -p $(@D)
	$(Q)awk -v want=names -f libc/generate/os_coverage.awk $< > $@

libc_table = awk -v want=table -f libc/generate/os_coverage.awk libc/os.tbl
libc_readme = sed '/^<!-- generated/,/^<!-- end/d' libc/README.md; \
    echo '<!-- generated from os.tbl: make -f libc/libc.mk readme -->'; \
    $(libc_table); echo '<!-- end -->'

readme:
	@{ $(libc_readme); } > $(BUILD)/libc/README.md && cp $(BUILD)/libc/README.md libc/README.md

libc-check:
	@{ $(libc_readme); } | cmp - libc/README.md || \
	    { echo 'libc/README.md is not what libc/os.tbl says: make -f libc/libc.mk readme'; false; }

.PHONY: libc_default readme libc-check

-include $(libc_objects:.o=.d)
