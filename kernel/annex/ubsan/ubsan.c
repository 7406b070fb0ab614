/* The functions that compiled code calls on undefined behaviour, in a kernel built with
 * SANITIZE=undefined.
 *
 * Each panics and says what happened and where. gcc and clang define the names and structures. */
/* SPDX-License-Identifier: MIT */
#include "trap.h"

struct source_location {
    const char *file;
    uint32_t line, column;
};

struct type_descriptor {
    uint16_t kind, info;
    char name[];
};

/* The data of each report begins with the place in the source. */
static _Noreturn void undefined(const struct source_location *where, const char *what)
{
    panic_at(where->file, (int)where->line, "undefined behaviour: %s (column %u)", what,
             where->column);
}

#define HANDLER(name, what)                                                    \
    _Noreturn void __ubsan_handle_##name(const struct source_location *where); \
    _Noreturn void __ubsan_handle_##name(const struct source_location *where)  \
    {                                                                          \
        undefined(where, what);                                                \
    }

HANDLER(add_overflow, "signed addition overflows")
HANDLER(sub_overflow, "signed subtraction overflows")
HANDLER(mul_overflow, "signed multiplication overflows")
HANDLER(negate_overflow, "signed negation overflows")
HANDLER(divrem_overflow, "division by zero or overflow")
HANDLER(shift_out_of_bounds, "shift by a negative or too large count")
HANDLER(out_of_bounds, "array index out of bounds")
HANDLER(builtin_unreachable, "unreachable code is reached")
HANDLER(missing_return, "a function ends without its result")
HANDLER(vla_bound_not_positive, "array of variable length that is not positive")
HANDLER(load_invalid_value, "value that its type does not have")
HANDLER(pointer_overflow, "pointer arithmetic overflows")
HANDLER(invalid_builtin, "builtin called with 0")
HANDLER(nonnull_arg, "NULL for an argument that must not be")
HANDLER(nonnull_return_v1, "NULL returned where it must not be")
HANDLER(alignment_assumption, "assumed alignment does not hold")
HANDLER(function_type_mismatch, "call of a function through a pointer of another type")

/* An access through a pointer that is NULL, misaligned, or points to an object that is too
 * small. */
struct type_mismatch {
    struct source_location where;
    const struct type_descriptor *type;
    uint8_t log_alignment, kind;
};

_Noreturn void __ubsan_handle_type_mismatch_v1(const struct type_mismatch *data, uint64_t pointer);
_Noreturn void __ubsan_handle_type_mismatch_v1(const struct type_mismatch *data, uint64_t pointer)
{
    bool aligned = pointer % (1ull << data->log_alignment) == 0;
    panic_at(data->where.file, (int)data->where.line,
             "undefined behaviour: %s pointer 0x%lx to %s (column %u)",
             !pointer   ? "NULL"
             : !aligned ? "misaligned"
                        : "too small an object at",
             pointer, data->type->name, data->where.column);
}
