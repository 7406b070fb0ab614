# The root file system's archive, and the CD image that GRUB boots: kernel, archive, menu.
# SPDX-License-Identifier: MIT

# BusyBox gives the image its everyday commands; BUSYBOX= builds without it.
BUSYBOX ?= $(firstword $(wildcard /bin/busybox /usr/bin/busybox /usr/sbin/busybox))

root_files := $(sort $(shell find user/root -type f))

# The list of what goes in, so that a program that is gone also leaves the image.
$(BUILD)/image.list: FORCE
	@mkdir -p $(@D)
	@echo '$(BUSYBOX) $(image_programs) $(root_files)' | cmp -s - $@ || \
	 echo '$(BUSYBOX) $(image_programs) $(root_files)' > $@

$(BUILD)/rootfs.cpio: $(image_programs) $(root_files) $(BUSYBOX) $(BUILD)/image.list \
    $(BUILD)/manual tools/mkrootfs tools/lib/newc.py
	$(call say,ROOT,$@)
	$(Q)tools/mkrootfs -o $@ -s user/root -m $(BUILD)/manual $(if $(BUSYBOX),-b $(BUSYBOX)) $(image_programs)

# What `man` shows in the guest: a page for each system call and for each name of os.h.
$(BUILD)/manual: kernel/syscall/pages.awk kernel/syscall/table.awk kernel/syscall/syscall.tbl \
    libc/generate/os_pages.awk libc/os.tbl
	$(call say,GEN,$@)
	$(Q)awk -f kernel/syscall/table.awk -f kernel/syscall/pages.awk kernel/syscall/syscall.tbl > $@
	$(Q)awk -f libc/generate/os_pages.awk libc/os.tbl >> $@

# Only what this boot needs goes in: fewer of GRUB's modules, less to read from a slow CD.
GRUB_MODULES := biosdisk iso9660 multiboot2 serial terminal newc normal configfile test

# Without what only gdb reads, which is most of it.
$(BUILD)/ouros.boot: $(BUILD)/ouros.elf
	$(Q)$(OBJCOPY) --strip-debug $< $@

$(BUILD)/ouros.iso: $(BUILD)/ouros.boot $(BUILD)/rootfs.cpio iso/grub.cfg tools/mkiso
	$(call say,ISO,$@)
	$(Q)tools/mkiso $@ $(BUILD)/ouros.boot $(BUILD)/rootfs.cpio iso/grub.cfg "$(GRUB_MODULES)"
