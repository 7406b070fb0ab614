/* Where the match begins and ends: one pass through the text, with all ways to match at a time.
 *
 * Each leaf of the tree has a mark if some way through the tree has matched with it the character
 * before this place. The mark is the offset at which that way began; of several the smallest, for
 * the leftmost match wins. To take the next character, two passes over the tree move the marks.
 *
 *   up    tells for each node with which marks it can end here (`last`), and whether it can match
 * the empty text here (`empty`): A B ends with the marks of B, and, if B can be empty, of A. down
 * tells for each node with which marks it can begin here (`in`): in A B, B begins with what A ends
 * with. A leaf that begins here and matches the character has the mark from now on.
 *
 * The root begins anew at every place until something has matched. Marks that are later than the
 * match found are dropped; when no mark is left, the match cannot become better. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "program.h"

#define NONE INT_MAX

struct marks {
    int mark;     /* of a leaf */
    int last, in; /* as told above */
    bool empty;
};

static int min(int a, int b)
{
    return a < b ? a : b;
}

static void pass_up(const struct regex_program *program, struct marks *marks, unsigned places)
{
    for (int i = 0; i < program->n_nodes; i++) {
        const struct node *node = &program->nodes[i];
        const struct marks *l = &marks[node->left], *r = &marks[node->right];
        struct marks *m = &marks[i];

        switch (node->kind) {
        case CHAR:
        case ANY:
        case SET: m->last = m->mark; break;
        case ASSERT: m->empty = places >> node->place & 1; break;
        case GROUP:
        case PLUS:
            m->last = l->last;
            m->empty = l->empty;
            break;
        case STAR: m->last = l->last; break;
        case CAT:
            m->last = r->empty ? min(l->last, r->last) : r->last;
            m->empty = l->empty && r->empty;
            break;
        case ALT:
            m->last = min(l->last, r->last);
            m->empty = l->empty || r->empty;
            break;
        default: break;
        }
    }
}

/* Takes the character c; true if a mark is left. Marks after `limit` are dropped. */
static bool pass_down(const struct regex_program *program, struct marks *marks, wint_t c, int limit)
{
    bool alive = false;

    for (int i = program->n_nodes - 1; i >= 0; i--) {
        const struct node *node = &program->nodes[i];
        struct marks *l = &marks[node->left], *r = &marks[node->right], *m = &marks[i];

        switch (node->kind) {
        case CHAR:
        case ANY:
        case SET:
            m->mark =
                m->in <= limit && m->in != NONE && leaf_matches(program, node, c) ? m->in : NONE;
            alive |= m->mark != NONE;
            break;
        case GROUP: l->in = m->in; break;
        case STAR:
        case PLUS: l->in = min(m->in, l->last); break;
        case CAT:
            l->in = m->in;
            r->in = l->empty ? min(m->in, l->last) : l->last;
            break;
        case ALT: l->in = r->in = m->in; break;
        default: break;
        }
    }
    return alive;
}

static struct marks *new_marks(const struct regex_program *program)
{
    struct marks *marks = reallocarray(NULL, (size_t)program->n_nodes, sizeof(*marks));

    for (int i = 0; marks && i < program->n_nodes; i++) {
        enum kind kind = program->nodes[i].kind;

        marks[i] = (struct marks){NONE, NONE, NONE, kind == EMPTY || kind == STAR};
    }
    return marks;
}

/* Nothing is under way: the next place at which a match can begin. */
static int skip(const struct subject *s, int at)
{
    const struct regex_program *program = s->program;

    while (!program->may_be_empty && at < s->end && !program->starts[(unsigned char)s->text[at]])
        at++;
    return at;
}

int regex_find(const struct subject *s, bool any, regmatch_t *match)
{
    const struct regex_program *program = s->program;
    struct marks *marks = new_marks(program);
    bool alive = false, found = false;
    int at = s->from, step = 0;

    if (!marks)
        return REG_ESPACE;
    struct marks *root = &marks[program->n_nodes - 1];
    wint_t before = subject_before(s, at);
    for (;; at += step) {
        int next = alive ? at : skip(s, at);
        struct spot spot = subject_spot(s, next, next == at ? before : subject_before(s, next));

        at = next;
        pass_up(program, marks, spot.places);
        int began = min(root->last, root->empty && !found ? at : NONE);
        if (began != NONE && (!found || began <= match->rm_so)) {
            *match = (regmatch_t){began, at};
            found = true;
        }
        if (at == s->end || (found && any))
            break;
        root->in = !found || match->rm_so == at ? at : NONE;
        alive = pass_down(program, marks, spot.after, found ? match->rm_so : NONE);
        if (found && !alive)
            break;
        before = spot.after;
        step = spot.length;
    }
    free(marks);
    return found ? 0 : REG_NOMATCH;
}
