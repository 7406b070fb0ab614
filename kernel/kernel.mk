# How the kernel is built: the sources of rooms.mk, compiled freestanding, linked by kernel.ld.

include kernel/rooms.mk

# SANITIZE=undefined: undefined behaviour of C is a panic. SANITIZE=kernel-address: so is an access
# to memory that is not an object, or not any more (the room kasan). SANITIZE=kernel-address,undefined:
# both. Some files are only in these kernels.
SANITIZE ?=
kasan := $(findstring kernel-address,$(SANITIZE))
ubsan := $(findstring undefined,$(SANITIZE))
kernel := $(filter-out $(if $(kasan),,kasan/%) $(if $(ubsan),,trap/ubsan.c) \
            $(if $(SANITIZE),,boot/provoke.c),$(kernel))

# No vector registers and no red zone, because interrupts arrive on the kernel's own stack; frame
# pointers for the panic's backtrace; a small frame, because a kernel stack has 8 KB.
KERNEL_CFLAGS := -std=gnu11 $(WARNINGS) $(CFLAGS) -ffreestanding -mcmodel=kernel -mno-red-zone \
    -mgeneral-regs-only -fno-pic -fno-pie -fno-stack-protector -fno-omit-frame-pointer \
    -ffunction-sections -fdata-sections \
    -fno-strict-aliasing -fno-asynchronous-unwind-tables -fcf-protection=none \
    -Wframe-larger-than=640 -nostdinc -isystem $(shell $(CC) -print-file-name=include 2>/dev/null) \
    -Ikernel/include -Ikernel/include/$(if $(kasan),kasan,plain) -I$(BUILD)/gen

# gcc must not turn the loop inside memset into a call of memset. Alignment of code would only make
# it larger: under emulation it does not make it faster.
KERNEL_CFLAGS += $(if $(CLANG),,-fno-tree-loop-distribute-patterns -fno-align-functions \
    -fno-align-loops -fno-align-jumps -fno-align-labels)

# Checked code needs larger frames. The checks of addresses are calls and not inlined, because an
# address without a shadow must be recognized before the shadow is read.
kasan_offset := 0xdffffc0000000000
kasan_cflags := $(if $(CLANG),-mllvm -asan-mapping-offset=$(kasan_offset) -mllvm -asan-globals=1 \
        -mllvm -asan-stack=1 -mllvm -asan-instrumentation-with-call-threshold=0, \
    -fasan-shadow-offset=$(kasan_offset) --param asan-globals=1 --param asan-stack=1 \
        --param asan-instrumentation-with-call-threshold=0)
ifneq ($(SANITIZE),)
KERNEL_CFLAGS := $(patsubst -Wframe-larger-than=%,-Wframe-larger-than=3072,$(KERNEL_CFLAGS))
sanitize_cflags := -fsanitize=$(SANITIZE) $(if $(kasan),$(kasan_cflags))
endif

# The functions whose calls the linker redirects, from NAME to __wrap_NAME.
wrapped := $(if $(SANITIZE),proc_start_init)
wrapped += $(if $(kasan),boot_main mm_init mm_add kernel_map kernel_unmap kstack_alloc \
    object_alloc object_alloc_zeroed object_free objects_alloc objects_free objects_trim kmalloc kzalloc krealloc kfree \
    frame_alloc frame_alloc_zeroed frame_unref frames_alloc frames_free \
    copy_user copy_user_string cmpxchg_user page_clear page_copy)

KERNEL_LDFLAGS := -m elf_x86_64 -static -nostdlib -z max-page-size=4096 -z noexecstack \
    --build-id=none -L kernel $(addprefix --wrap=,$(wrapped))

kernel_objects := $(patsubst %,$(BUILD)/kernel/%.o,$(basename $(kernel)))

# The room syscall has the rules that make headers from its table; they add to `kernel_generated`.
kernel_generated :=
-include kernel/syscall/syscall.mk

$(kernel_objects): $(BUILD)/flags kernel/kernel.mk | $(kernel_generated)

$(BUILD)/kernel/%.o: kernel/%.c
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(CC) $(KERNEL_CFLAGS) $(sanitize_cflags) $(DEPFLAGS) -c $< -o $@

$(BUILD)/kernel/kasan/%.o: sanitize_cflags :=
# So that a report names the function with the mistake and not its caller.
$(BUILD)/kernel/boot/provoke.o: sanitize_cflags += -fno-optimize-sibling-calls

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

$(BUILD)/kernel/linked%: $(kernel_objects) $(BUILD)/kernel/symbols%.o kernel/kernel.ld kernel/hot.ld
	$(Q)$(LD) $(KERNEL_LDFLAGS) -T kernel/kernel.ld -o $@ $(filter %.o,$^)

$(BUILD)/ouros.elf: $(BUILD)/kernel/linked1
	$(call say,LD,$@)
	$(Q)cp $< $@

-include $(kernel_objects:.o=.d)
