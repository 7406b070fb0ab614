# The root file system's archive, and the CD image that GRUB boots: kernel, archive, menu.

root_files := $(shell find user/root -type f 2>/dev/null)

$(BUILD)/rootfs.cpio: $(user_programs) $(root_files) tools/mkrootfs tools/newc.py
	$(call say,ROOT,$@)
	$(Q)tools/mkrootfs -o $@ --skeleton user/root $(user_programs)

# Only what this boot needs goes in: fewer of GRUB's modules, less to read from a slow CD.
GRUB_MODULES := biosdisk iso9660 multiboot2 serial terminal newc normal configfile test echo

$(BUILD)/ouros.iso: $(BUILD)/ouros.elf $(BUILD)/rootfs.cpio iso/grub.cfg
	$(call say,ISO,$@)
	$(Q)tools/mkiso -o $@ -k $(BUILD)/ouros.elf -r $(BUILD)/rootfs.cpio -m "$(GRUB_MODULES)"
