# How the kernel is built: the sources of rooms.mk, compiled freestanding, linked by kernel.ld.

include kernel/rooms.mk

# No vector registers and no red zone, because interrupts arrive on the kernel's own stack; frame
# pointers for the panic's backtrace; a small frame, because a kernel stack has 8 KB.
KERNEL_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) -ffreestanding -mcmodel=kernel -mno-red-zone \
    -mgeneral-regs-only -fno-pic -fno-pie -fno-stack-protector -fno-omit-frame-pointer \
    -ffunction-sections \
    -fno-strict-aliasing -fno-asynchronous-unwind-tables -fcf-protection=none \
    -Wframe-larger-than=640 -nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) \
    -Ikernel/include -I$(BUILD)/gen

# gcc must not turn the loop inside memset into a call of memset.
KERNEL_CFLAGS += $(if $(CLANG),,-fno-tree-loop-distribute-patterns)

# SANITIZE=undefined: what C leaves open is a panic. Such code needs larger frames.
ifneq ($(SANITIZE),)
KERNEL_CFLAGS := $(KERNEL_CFLAGS:-Wframe-larger-than=%=-Wframe-larger-than=1024) \
    -fsanitize=$(SANITIZE)
endif

KERNEL_LDFLAGS := -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack \
    --build-id=none -L kernel

kernel_objects := $(patsubst %,$(BUILD)/kernel/%.o,$(basename $(kernel)))

# The room syscall says how headers are made from its table: it adds them to `kernel_generated`.
kernel_generated :=
-include kernel/syscall/syscall.mk

$(kernel_objects): $(BUILD)/flags kernel/kernel.mk | $(kernel_generated)

$(BUILD)/kernel/%.o: kernel/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CFLAGS) $(DEPFLAGS) -c $< -o $@

$(BUILD)/kernel/%.o: kernel/%.S
	$(call say,AS,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CFLAGS) $(DEPFLAGS) -c $< -o $@

# Linked twice: the table of the kernel's symbols, for backtraces with names, is made from a first
# link whose table is empty, and lies behind the code, whose addresses it therefore does not move.
$(BUILD)/kernel/symbols0.S: kernel/x86/symbols.awk
	@mkdir -p $(@D)
	$(Q)awk -f $< /dev/null > $@

$(BUILD)/kernel/symbols1.S: $(BUILD)/kernel/linked0 kernel/x86/symbols.awk
	$(Q)$(NM) -n $< | awk -f kernel/x86/symbols.awk > $@

$(BUILD)/kernel/symbols%.o: $(BUILD)/kernel/symbols%.S
	$(Q)$(CC) -c $< -o $@

$(BUILD)/kernel/linked%: $(kernel_objects) $(BUILD)/kernel/symbols%.o kernel/kernel.ld kernel/hot.ld
	$(Q)$(LD) $(KERNEL_LDFLAGS) -T kernel/kernel.ld -o $@ $(filter %.o,$^)

$(BUILD)/ouros.elf: $(BUILD)/kernel/linked1
	$(call say,LD,$@)
	$(Q)cp $< $@

-include $(kernel_objects:.o=.d)
