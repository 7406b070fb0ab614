# Builds Ouros, boots it and tests it: `make run`, `make test`; `make help` lists the rest.
# SPDX-License-Identifier: MIT

ifeq ($(BUILD),)
override BUILD := build
endif
ifneq ($(words $(CURDIR) $(BUILD)),2)
$(error make takes a space for the end of a name: neither BUILD nor the path of this folder may \
    have one ($(CURDIR), BUILD=$(BUILD)))
endif
RUN ?=
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:

# ---- Tools -------------------------------------------------------------------------------------
# On x86-64 Linux the machine's own compiler; elsewhere the first cross compiler found, or the one
# that CROSS_COMPILE= names. CC=clang works everywhere: it compiles for any machine.

ifeq ($(shell uname -sm),Linux x86_64)
CROSS_COMPILE ?=
else
CROSS_COMPILE ?= $(firstword $(foreach p,x86_64-linux-gnu- x86_64-elf-,\
                   $(if $(shell command -v $(p)gcc),$(p))) x86_64-linux-gnu-)
endif

ifeq ($(origin CC),default)
CC := $(CROSS_COMPILE)gcc
endif
CLANG := $(findstring clang,$(shell $(CC) --version 2>/dev/null))
ifneq ($(CLANG),)
override CC := $(filter-out --target=%,$(CC)) --target=x86_64-linux-gnu
endif

# The first of these commands that this machine has.
found = $(firstword $(foreach c,$(1),$(if $(shell command -v $(c)),$(c))) $(1))

ifeq ($(origin LD),default)
LD := $(call found,$(CROSS_COMPILE)ld ld.lld)
endif
ifeq ($(origin AR),default)
AR := $(call found,$(CROSS_COMPILE)ar llvm-ar)
endif
NM ?= $(call found,$(CROSS_COMPILE)nm llvm-nm)
OBJCOPY ?= $(call found,$(CROSS_COMPILE)objcopy llvm-objcopy)

# ---- What all compilations share ---------------------------------------------------------------
# WERROR=1 is for CI only, so that a newer compiler never stops a student. V=1 shows the commands.

WARNINGS := -Wall -Wextra $(if $(WERROR),-Werror)
CFLAGS ?= -O2 -g
DEPFLAGS = -MMD -MP
Q := $(if $(V),,@)
say = @printf '  %-5s%s\n' '$(1)' '$(2)'

# What was built with other tools or flags is built again; without a compiler nothing is.
$(BUILD)/flags: FORCE
	@command -v $(firstword $(CC)) >/dev/null || \
	 { echo 'There is no $(firstword $(CC)): make setup installs what is missing' >&2; exit 1; }
	@mkdir -p $(@D)
	@echo '$(CC) $(LD) $(WARNINGS) $(CFLAGS) $(SANITIZE)' | cmp -s - $@ || \
	 echo '$(CC) $(LD) $(WARNINGS) $(CFLAGS) $(SANITIZE)' > $@
FORCE:

# ---- The parts: each says what it is made of ---------------------------------------------------

include kernel/kernel.mk
-include libc/libc.mk
$(libc_objects): $(BUILD)/flags
include user/user.mk
include iso/iso.mk
-include tests/tests.mk
-include tests/bench/bench.mk
include tools/coverage.mk
include $(if $(filter lint-all,$(MAKECMDGOALS)),tools/lint.mk)

.PHONY: all kernel libc user image iso run python test debug tour doctor lint setup ide release clean help FORCE

all: kernel libc user image    ## build everything but the ISO

kernel: $(BUILD)/ouros.elf     ## the kernel: $(BUILD)/ouros.elf
libc: $(libc_parts)            ## the C library: $(BUILD)/libc.a and crt1.o
user: $(user_programs)         ## the programs: $(BUILD)/user/
image: $(BUILD)/rootfs.cpio    ## the root file system: $(BUILD)/rootfs.cpio
iso: $(BUILD)/ouros.iso        ## the bootable CD image: $(BUILD)/ouros.iso
	@echo "$(BUILD)/ouros.iso boots in QEMU, and on a PC with a BIOS"

# ---- What a person asks for --------------------------------------------------------------------
# Each first sees to the tools; a make that was started without a compiler cannot use the one that
# it just installed, so the building is a make of its own.

# As many jobs as there are processors, unless -j said how many.
inner_make = $(MAKE) --no-print-directory $(if $(findstring -j,$(MAKEFLAGS)),,-j$(JOBS))

# A shell's last status is nobody's failure, but tools/vm's own are.
or_fine = || case $$? in 12[4-7]) exit 1;; esac

# CPUS=4 MEM=1G ADD="FILE FOLDER:/root/name" KEEP=FOLDER are tools/vm's options of those names.
run_options = $(if $(GUI),--gui) $(if $(CPUS),--cpus $(CPUS)) $(if $(MEM),--mem $(MEM)) \
    $(addprefix --add ,$(ADD)) $(if $(KEEP),--keep $(KEEP))

# ROOTFS="bash git" boots an image of these Debian packages instead.
space := $(subst ,, )
root_image = $(BUILD)/roots/$(subst $(space),+,$(strip $(ROOTFS))).cpio
run_image = $(if $(ROOTFS),--rootfs $(root_image),--iso)

run:                           ## set up, build, boot through GRUB to a shell (GUI=1: in a window)
	@tools/setup $(if $(GUI),gui,run)
	+@$(inner_make) $(if $(ROOTFS),all,iso)
	@$(if $(ROOTFS),BUILD=$(BUILD) tools/rootfs -o $(root_image) $(ROOTFS))
	@BUILD=$(BUILD) tools/vm $(run_image) $(run_options) $(if $(RUN),-- $(RUN),$(or_fine))

python:                        ## Debian's own Python, at its prompt (RUN=FILE.py: that program)
	@$(MAKE) --no-print-directory run ROOTFS=python3 ADD="$(ADD) $(RUN)" \
	 RUN="python3 $(if $(RUN),/bin/$(notdir $(RUN)))"

test:                          ## set up, build, run all tests
	@tools/setup test
	+@$(inner_make) check

debug:                         ## QEMU waits and gdb attaches (RUN="/bin/ls -l": that program)
	@tools/setup debug
	+@$(inner_make) all
	@BUILD=$(BUILD) tools/debug $(if $(RUN),-- $(RUN))

tour:                          ## the kernel's core in chapters, then the rest (ANNEX=screen, all)
	@tools/tour $(ANNEX)

doctor:                        ## each tool that is needed: found or not, and what to do
	@tools/setup doctor

# Do the rooms keep their promises, are generated pages true, and what do other tools find?
lint:                          ## rooms, headers, tables; clang-format, clang-tidy, cppcheck
	@tools/setup lint
	+@$(inner_make) --keep-going lint-all

setup:                         ## install what building and testing need
	@tools/setup test

ide:                           ## compile_commands.json, for clangd and other editors
	@tools/ide $(BUILD)

release: all iso               ## ISO, kernel with symbols and SHA-256 sums: $(BUILD)/release/
	@tools/release $(BUILD)/release $(BUILD)/ouros.iso $(BUILD)/ouros.elf

clean:                         ## remove all that was built
	rm -rf $(BUILD)

help:                          ## this list
	@echo 'Ouros: a small operating system to learn from. Usage: make [TARGET]'
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | sed 's|$$(BUILD)|$(BUILD)|' | \
	 awk -F '\t' '{ printf "  make %-12s %s\n", $$1, $$2 }'
	@echo 'Options, for all of them: CC=clang  CROSS_COMPILE=x86_64-elf-  BUILD=folder  WERROR=1'
	@echo '  V=1 (show the commands)  JOBS=4 (at once)  TESTS="tests/user/*.t" (only these)'
	@echo '  CORE=1 (a kernel without annexes)  WITHOUT="screen procfs" (without these)'
	@echo 'Options of make run: CPUS=4  MEM=1G  ADD="FILE FOLDER:/root/name"  KEEP=FOLDER'
	@echo '  (/root stays there between runs)  RUN="ls -l"  GUI=1'
	@echo 'A program in it: tools/vm --help.  Your own program: tools/cc --help.'
