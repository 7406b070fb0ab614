# What tools that others made find in the C sources: clang-format, clang-tidy and cppcheck, as part
# of `make lint`. The files .clang-tidy say which of clang-tidy's checks count, and why.
# SPDX-License-Identifier: MIT

lint := $(BUILD)/lint
lint_sources := $(wildcard kernel/*/*.c kernel/annex/*/*.c user/*.c user/lib/*.c) $(filter %.c,$(libc_sources)) \
    $(shell find tests -name '*.c')
lint_headers := $(shell find kernel libc tests -name '*.h')

# Other releases than 14 break some lines elsewhere.
CLANG_FORMAT ?= $(call found,clang-format-14 clang-format)
CLANG_TIDY ?= $(call found,clang-tidy-14 clang-tidy)
CPPCHECK ?= cppcheck

# A file is looked at again when it has changed or what it includes, which the compiler tells. The
# one that is left out includes a header of tcc's, which is only there where its test fetched it.
lint_stamps := $(patsubst %.c,$(lint)/%.ok,$(filter-out tests/libc/ports/run.c,$(lint_sources)))
lint_flags = $(USER_CFLAGS) -Itests -I$(dir $(fuzz_calls))
$(lint)/kernel/%: lint_flags = $(KERNEL_CFLAGS)
$(lint)/kernel/annex/%: lint_flags = $(KERNEL_CFLAGS) -Ikernel
$(lint)/kernel/annex/kasan/%: lint_flags = $(patsubst %/include/plain,%/annex/kasan,$(KERNEL_CFLAGS))
$(lint)/libc/%: lint_flags = $(LIBC_CFLAGS)
$(lint)/user/calls.ok: lint_flags = $(USER_CFLAGS) -I$(BUILD)/gen
$(lint)/user/calls.ok: $(BUILD)/gen/syscall_names.h
$(lint)/tests/host/%: lint_flags = $(HOST_CFLAGS)

# cppcheck's second opinion on mistakes, not its `style`. Left out:
#   comparePointers        the linker's names for the ends of a table are two objects to it
#   nullPointerArithmetic  io_zeros has no bytes to move, and adds to that NULL
#   internalAstError       it stumbles over min() and max() within an initialiser
# and in the tests its warnings, and of its errors those that they make on purpose.
cppcheck_without = comparePointers nullPointerArithmetic internalAstError
cppcheck_flags = --quiet --std=c11 --platform=unix64 --enable=performance,portability,$(cppcheck_also) \
    $(cppcheck_without:%=--suppress=%) --inline-suppr --error-exitcode=1 \
    -D__x86_64__ -D__GNUC__=12 -D__STDC_VERSION__=201112L
cppcheck_also = warning
$(lint)/tests/%: cppcheck_also = portability
$(lint)/tests/%: cppcheck_without += bufferAccessOutOfBounds doubleFree memleakOnRealloc \
    invalidFunctionArg negativeIndex uninitdata uninitvar zerodiv

# What clang-tidy's own compiler does not know; its warnings are findings too.
gcc_only := -fno-tree-loop-% -fno-align-%

$(lint)/%.ok: %.c $(wildcard .clang-tidy */.clang-tidy) \
              | $(kernel_generated) $(libc_generated) $(libc_abi) $(fuzz_calls)
	$(call say,LINT,$<)
	@mkdir -p $(@D)
	$(Q)$(CLANG_TIDY) --quiet $< -- $(filter-out $(gcc_only),$(lint_flags)) -Werror 2>$(@:.ok=.err) || \
	    { cat $(@:.ok=.err); false; }
	$(Q)$(CPPCHECK) $(cppcheck_flags) $(filter -I%,$(lint_flags)) $<
	$(Q)$(CC) $(lint_flags) -MM -MP -MT $@ -MF $(@:.ok=.d) $< && touch $@
-include $(lint_stamps:.ok=.d)

# Only the files that are newer than the last time that all were well.
$(lint)/format: $(lint_sources) $(lint_headers) .clang-format
	$(call say,LINT,format of $(words $?) files)
	@mkdir -p $(@D)
	$(Q)$(CLANG_FORMAT) --dry-run --Werror \
	    $(filter-out .clang-format,$(if $(filter .clang-format,$?),$^,$?)) && touch $@

.PHONY: lint-all
lint-all: check-syscalls libc-check $(kernel_generated) $(lint)/format $(lint_stamps)
	@tools/lint $(CC) $(KERNEL_CFLAGS)
