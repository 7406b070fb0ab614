/* regcomp and regfree. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "program.h"

/* Notes the bytes that a leaf can begin with. Those above 127 are not told apart. */
static void note_leaf(struct regex_program *program, const struct node *node)
{
    for (int byte = 0; byte < 256; byte++)
        program->starts[byte] |= byte >= 128 || leaf_matches(program, node, (wint_t)byte);
}

/* Notes the bytes that a match of the node can begin with; true if it can match the empty text.
 * Anchors are taken for such. The loop descends to the right, where a long pattern is deep. */
static bool note_starts(struct regex_program *program, int number)
{
    bool empty = false;

    for (;; number = program->nodes[number].right) {
        const struct node *node = &program->nodes[number];

        switch (node->kind) {
        case CHAR:
        case ANY:
        case SET: note_leaf(program, node); return empty;
        case GROUP:
        case PLUS: return note_starts(program, node->left) || empty;
        case STAR: note_starts(program, node->left); return true;
        case CAT:
            if (!note_starts(program, node->left))
                return empty;
            break;
        case ALT: empty |= note_starts(program, node->left); break;
        default: return true;
        }
    }
}

int regcomp(regex_t *restrict regex, const char *restrict pattern, int flags)
{
    struct regex_program *program = calloc(1, sizeof(*program));

    if (!program)
        return REG_ESPACE;
    program->flags = flags;
    int error = regex_parse(program, pattern);
    if (error) {
        regex_release(program);
        return error;
    }
    program->may_be_empty = note_starts(program, program->n_nodes - 1);
    *regex = (regex_t){(size_t)program->n_groups, program};
    return 0;
}

void regex_release(struct regex_program *program)
{
    for (int i = 0; i < program->n_sets; i++)
        free(program->sets[i].ranges);
    free(program->sets);
    free(program->nodes);
    free(program);
}

void regfree(regex_t *regex)
{
    regex_release(regex->__program);
    regex->__program = NULL;
}
