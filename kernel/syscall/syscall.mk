# What is made from the table of system calls: headers for the kernel, and the page for people.
# SPDX-License-Identifier: MIT

syscall_tables := $(patsubst %,$(BUILD)/gen/syscall_%.h,calls numbers doors names)
kernel_generated += $(syscall_tables)

table_awk := awk -v annexes='$(annexes)' -f kernel/syscall/table.awk -f

$(syscall_tables): $(BUILD)/gen/syscall_%.h: kernel/syscall/%.awk kernel/syscall/table.awk \
    kernel/syscall/syscall.tbl
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(table_awk) $< kernel/syscall/syscall.tbl > $@

$(BUILD)/gen/syscall_doors.h: $(BUILD)/annexes

kernel/SYSCALLS.md: kernel/syscall/manual.awk kernel/syscall/table.awk kernel/syscall/syscall.tbl
	$(call say,GEN,$@)
	$(Q)$(table_awk) $< kernel/syscall/syscall.tbl > $@

# The page is committed, so that one can read it without building: is it still true?
.PHONY: check-syscalls
check-syscalls:
	@$(table_awk) kernel/syscall/manual.awk kernel/syscall/syscall.tbl | \
	 diff kernel/SYSCALLS.md - || { echo 'run make kernel/SYSCALLS.md'; exit 1; }
