# How the kernel is built: the sources of rooms.mk and annexes.mk, compiled freestanding, linked by
# kernel.ld.
# SPDX-License-Identifier: MIT

include kernel/rooms.mk
include kernel/annexes.mk

# WITHOUT="screen procfs" leaves these annexes out, CORE=1 all but hostio, the wire to tools/vm.
WITHOUT ?=
CORE ?=
annexes := $(sort $(foreach f,$(annex),$(firstword $(subst /, ,$f))))
ifneq ($(filter-out $(annexes),$(WITHOUT)),)
$(error WITHOUT= names no annex: $(filter-out $(annexes),$(WITHOUT)) (there are: $(annexes)))
endif
annexes := $(filter-out $(WITHOUT) kasan ubsan provoke,$(if $(CORE),hostio,$(annexes)))
include kernel/annex/sanitize.mk
annexes := $(foreach a,$(annexes),$(if $(filter-out $(annexes),$(needs_$a)),,$a))
kernel += $(addprefix annex/,$(filter $(annexes:%=%/%),$(annex)))

# Which annexes there are in this build folder, one a line: for the tests, and what depends on it.
$(BUILD)/annexes: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' $(annexes) | cmp -s - $@ || printf '%s\n' $(annexes) > $@

# No vector registers and no red zone, because interrupts arrive on the kernel's own stack; frame
# pointers for the panic's backtrace; a small frame, because a kernel stack has 8 KB.
KERNEL_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) -ffreestanding -mcmodel=kernel -mno-red-zone \
    -mgeneral-regs-only -fno-pic -fno-pie -fno-stack-protector -fno-omit-frame-pointer \
    -ffunction-sections -fdata-sections \
    -fno-strict-aliasing -fno-asynchronous-unwind-tables -fcf-protection=none \
    -Wframe-larger-than=$(largest_frame) -nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) \
    -Ikernel/include -I$(kernel_sizes) -I$(BUILD)/gen

# gcc must not turn the loop inside memset into a call of memset. Alignment of code would only make
# it larger: under emulation it does not make it faster.
KERNEL_CFLAGS += $(if $(CLANG),,-fno-tree-loop-distribute-patterns -fno-align-functions \
    -fno-align-loops -fno-align-jumps -fno-align-labels)

KERNEL_LDFLAGS := -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack \
    --build-id=none -L $(BUILD)/kernel $(addprefix --wrap=,$(wrapped))

kernel_objects := $(patsubst %,$(BUILD)/kernel/%.o,$(basename $(kernel)))

# The room syscall has the rules that make headers from its table; they add to `kernel_generated`.
kernel_generated :=
-include kernel/syscall/syscall.mk

$(kernel_objects): $(BUILD)/flags kernel/kernel.mk kernel/annex/sanitize.mk | $(kernel_generated)

$(BUILD)/kernel/%.o: kernel/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CFLAGS) $(sanitize_cflags) $(DEPFLAGS) -c $< -o $@

# An annex may include the rooms' own headers, by room and name: "dev/tty.h".
$(BUILD)/kernel/annex/%.o: KERNEL_CFLAGS += -Ikernel

$(BUILD)/kernel/%.o: kernel/%.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CFLAGS) $(DEPFLAGS) -c $< -o $@

# Linked twice: the table of the kernel's symbols, for backtraces with names, is made from a first
# link, whose table is empty. It is placed after the code, so that it does not move the code.
$(BUILD)/kernel/symbols0.S: kernel/x86/symbols.awk
	@mkdir -p $(@D)
	$(Q)awk -f $< /dev/null > $@

$(BUILD)/kernel/symbols1.S: $(BUILD)/kernel/linked0 kernel/x86/symbols.awk
	$(Q)$(NM) -n $< | awk -f kernel/x86/symbols.awk > $@

$(BUILD)/kernel/symbols%.o: $(BUILD)/kernel/symbols%.S
	$(Q)$(CC) -c $< -o $@

# The order of the functions that are needed all the time, as it was measured. The kernel is the same
# without that file.
$(BUILD)/kernel/hot.ld: $(wildcard tools/hot.ld)
	@mkdir -p $(@D)
	$(Q)cat /dev/null $^ > $@

$(BUILD)/kernel/linked%: $(kernel_objects) $(BUILD)/kernel/symbols%.o kernel/kernel.ld \
                         $(BUILD)/kernel/hot.ld $(BUILD)/annexes
	$(Q)$(LD) $(KERNEL_LDFLAGS) -T kernel/kernel.ld -o $@ $(filter %.o,$^)

$(BUILD)/ouros.elf: $(BUILD)/kernel/linked1
	$(call say,LD,$@)
	$(Q)cp $< $@

-include $(kernel_objects:.o=.d)
