/* Prints chosen calls of rounds as a C program that makes them again, without the fuzzer. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "fuzz.h"

static void print_value(uint64_t value, enum kind kind)
{
    static const char *const names[] = {"PID_SELF", "PID_PEER", "PID_CHILD", "AT_HANDLER",
                                        "AT_RESTORER"};
    for (int i = 0; i < n_paths; i++)
        if (value == (uint64_t)paths[i] && (kind == KIND_path || kind == KIND_path_or_null)) {
            printf("(uint64_t)\"%s\"", paths[i]);
            return;
        }
    if (value >= PID_SELF && value <= AT_RESTORER)
        printf("%s", names[value - PID_SELF]);
    else if (value < 4096 || (int64_t)value > -4096)
        printf((int64_t)value < 0 && (int64_t)value > -4096 ? "%ld"
               : value < 4096                               ? "%lu"
                                                            : "0x%lx",
               value);
    else
        printf("0x%lx", value);
}

/* `call(ROW, {args}, ...)`: one line for the call, one before it for each slot that it fills. */
static void print_call(const struct call *call)
{
    const struct call_row *row = &call_rows[call->row];
    for (int i = 0; i < row->n_args; i++) {
        if (!call->n_words[i])
            continue;
        printf("    slot(%d", i);
        for (int j = 0; j < call->n_words[i]; j++) {
            printf(", ");
            print_value(call->words[i][j], KIND_ulong);
        }
        printf(", END);\n");
    }
    printf("    call(\"%s\"", row->name);
    for (int i = 0; i < row->n_args; i++) {
        printf(", ");
        print_value(call->args[i], row->kinds[i]);
    }
    printf(");\n");
}

/* A recipe's line: round, stream, and the numbers of calls. */
void print_program(uint64_t seed, const char *recipe)
{
    FILE *file = fopen(recipe, "r");
    static char line[1 << 16];
    printf("/* Found by the fuzzer with the seed %lu. */\n#include \"replay.h\"\n", seed);
    int n = 0;
    for (; file && fgets(line, sizeof line, file); n++) {
        struct round_plan plan;
        char *at = line;
        int round = (int)strtol(at, &at, 10), stream = (int)strtol(at, &at, 10);
        draw_round(seed, round, &plan);
        printf("\n/* Round %d, stream %d%s. */\nstatic void stream_%d(void)\n{\n", round, stream,
               plan.threads && plan.n_streams > 1 ? ", a thread among others" : "", n);
        printf("    world_enter(%s);\n", plan.as_root ? "true" : "false");
        for (char *end;; at = end) {
            struct call call;
            int index = (int)strtol(at, &end, 10);
            if (end == at)
                break;
            draw_call(seed, round, stream, index, &call);
            print_call(&call);
        }
        printf("}\n");
    }
    printf("\nint main(void)\n{\n    world_make();\n");
    for (int i = 0; i < n; i++)
        printf("    in_child(stream_%d);\n", i);
    printf("    return wait_for_children();\n}\n");
}
