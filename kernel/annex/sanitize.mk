# A kernel that looks for its own mistakes. SANITIZE=undefined: undefined behaviour of C is a panic
# (ubsan). SANITIZE=kernel-address: so is an access to memory that is not an object, or not any more
# (kasan). SANITIZE=kernel-address,undefined: both. No other kernel has these annexes and provoke.
# SPDX-License-Identifier: MIT
SANITIZE ?=
kasan := $(if $(findstring kernel-address,$(SANITIZE)),kasan)
annexes += $(kasan) $(if $(findstring undefined,$(SANITIZE)),ubsan) $(if $(SANITIZE),provoke)

# Objects lie apart, and checked code needs larger frames.
kernel_sizes := $(if $(kasan),kernel/annex/kasan,kernel/include/plain)
largest_frame := $(if $(SANITIZE),3072,640)

# The checks of addresses are calls and not inlined, because an address without a shadow must be
# recognized before the shadow is read.
kasan_offset := 0xdffffc0000000000
kasan_cflags := $(if $(CLANG),-mllvm -asan-mapping-offset=$(kasan_offset) -mllvm -asan-globals=1 \
        -mllvm -asan-stack=1 -mllvm -asan-instrumentation-with-call-threshold=0, \
    -fasan-shadow-offset=$(kasan_offset) --param asan-globals=1 --param asan-stack=1 \
        --param asan-instrumentation-with-call-threshold=0)
sanitize_cflags := $(if $(SANITIZE),-fsanitize=$(SANITIZE) $(if $(kasan),$(kasan_cflags)))

$(BUILD)/kernel/annex/kasan/%.o: sanitize_cflags :=
# So that a report names the function with the mistake and not its caller.
$(BUILD)/kernel/annex/provoke/%.o: sanitize_cflags += -fno-optimize-sibling-calls

# The functions whose calls the linker redirects, from NAME to __wrap_NAME.
wrapped := $(if $(kasan),boot_main mm_init kernel_map kernel_unmap kstack_alloc \
    object_alloc object_alloc_zeroed object_free objects_alloc objects_free objects_trim kmalloc kzalloc kfree \
    frame_alloc frame_alloc_zeroed frame_unref frames_alloc frames_free \
    copy_user copy_user_string page_clear page_copy)
