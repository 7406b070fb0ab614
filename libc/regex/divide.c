/* The subexpressions of a match: a stretch of the text is divided among the parts of the pattern,
 * from the root of the tree down.
 *
 * To divide a stretch among A and B of A B, we need the longest beginning of it that A matches such
 * that B matches the rest. `measure` answers such questions for all places at a time. Each place k
 * has a weight: -1, or 0 and more. Then, for each place p, it finds the largest weight of all k
 * such that the node matches the text from p to k. First B is measured with weight only at the end
 * of the stretch; so we know from where B can reach the end. Then A is measured with the places
 * themselves as weights, where B can go on. What A has at the start is the place that we look for.
 *
 * measure goes backward through the text, and is the mirror image of what find.c does. A leaf keeps
 * what can be reached once it has matched (`next`). The pass up finds what a node reaches by
 * matching a character here (`reach`), and the pass down tells each node what is reached after it.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "program.h"

#define NONE (-1)

struct value {
    int next;         /* of a leaf: reached after the character that it matches */
    int reach, after; /* as told above */
    bool empty;
};

/* Arrays with an element for each offset from the start of the match to its end. */
struct division {
    const struct subject *subject;
    regmatch_t *match;
    struct value *values; /* for each node */
    struct spot *spots;
    int *weights, *reached;
    int base; /* the offset of their first element */
};

static int max(int a, int b)
{
    return a > b ? a : b;
}

static void pass_up(const struct division *d, int first, int top, const struct spot *spot)
{
    const struct regex_program *program = d->subject->program;

    for (int i = first; i <= top; i++) {
        const struct node *node = &program->nodes[i];
        const struct value *l = &d->values[node->left], *r = &d->values[node->right];
        struct value *v = &d->values[i];

        switch (node->kind) {
        case CHAR:
        case ANY:
        case SET:
            v->reach = v->next != NONE && leaf_matches(program, node, spot->after) ? v->next : NONE;
            break;
        case ASSERT: v->empty = spot->places >> node->place & 1; break;
        case GROUP:
        case PLUS:
            v->reach = l->reach;
            v->empty = l->empty;
            break;
        case STAR: v->reach = l->reach; break;
        case CAT:
            v->reach = l->empty ? max(l->reach, r->reach) : l->reach;
            v->empty = l->empty && r->empty;
            break;
        case ALT:
            v->reach = max(l->reach, r->reach);
            v->empty = l->empty || r->empty;
            break;
        default: break;
        }
    }
}

static void pass_down(const struct division *d, int first, int top)
{
    for (int i = top; i >= first; i--) {
        const struct node *node = &d->subject->program->nodes[i];
        struct value *l = &d->values[node->left], *r = &d->values[node->right];
        struct value *v = &d->values[i];

        switch (node->kind) {
        case CHAR:
        case ANY:
        case SET: v->next = v->after; break;
        case GROUP: l->after = v->after; break;
        case STAR:
        case PLUS: l->after = max(v->after, l->reach); break;
        case CAT:
            r->after = v->after;
            l->after = r->empty ? max(v->after, r->reach) : r->reach;
            break;
        case ALT: l->after = r->after = v->after; break;
        default: break;
        }
    }
}

/* Measures a node within a stretch of the text, with d->weights; the result is in d->reached. */
static void measure(struct division *d, int top, int from, int to)
{
    const struct node *node = &d->subject->program->nodes[top];

    for (int i = node->first; i <= top; i++) {
        enum kind kind = d->subject->program->nodes[i].kind;

        d->values[i] = (struct value){NONE, NONE, NONE, kind == EMPTY || kind == STAR};
    }
    for (int at = to; at >= from; at--) {
        const struct spot *spot = &d->spots[at - d->base];
        struct value *v = &d->values[top];
        int weight = d->weights[at - d->base], *reached = &d->reached[at - d->base];

        *reached = NONE;
        if (at < to && spot->length == 0) /* within a character */
            continue;
        pass_up(d, node->first, top, spot);
        *reached = v->empty ? max(v->reach, weight) : v->reach;
        v->after = weight;
        pass_down(d, node->first, top);
    }
}

/* Gives weight to the end of the stretch only. */
static void weigh_end(struct division *d, int from, int to)
{
    for (int at = from; at <= to; at++)
        d->weights[at - d->base] = at == to ? to : NONE;
}

/* Gives weight to the places that could reach the end: their own offset. */
static void weigh_reached(struct division *d, int from, int to)
{
    for (int at = from; at <= to; at++)
        d->weights[at - d->base] = d->reached[at - d->base] == NONE ? NONE : at;
}

static bool can_match(struct division *d, int node, int from, int to)
{
    weigh_end(d, from, to);
    measure(d, node, from, to);
    return d->reached[from - d->base] == to;
}

/* Where A B is to be divided. If all that A matches is of one length, that tells. */
static int boundary(struct division *d, const struct node *node, int from, int to)
{
    const struct node *left = &d->subject->program->nodes[node->left];

    if (left->least == left->most) {
        for (int n = left->least; n > 0; n--)
            from += d->spots[from - d->base].length;
        return from;
    }
    can_match(d, node->right, from, to);
    weigh_reached(d, from, to);
    measure(d, node->left, from, to);
    return d->reached[from - d->base];
}

/* Where the last round of a repetition begins. Each round but the last is as long as it can be, and
 * none is empty if the text is not. */
static int last_round(struct division *d, int number, int from, int to)
{
    const struct node *node = &d->subject->program->nodes[number];

    can_match(d, number, from, to);
    weigh_reached(d, from, to);
    d->weights[to - d->base] = to; /* where no more rounds are needed, also of x+ */
    measure(d, node->left, from, to);
    while (d->reached[from - d->base] > from && d->reached[from - d->base] < to)
        from = d->reached[from - d->base];
    return from;
}

static void divide(struct division *d, int number, int from, int to);

static void divide_group(struct division *d, const struct node *node, int from, int to)
{
    for (int group = node->group; group <= node->last_group; group++)
        d->match[group] = (regmatch_t){-1, -1};
    d->match[node->group] = (regmatch_t){from, to};
    divide(d, node->left, from, to);
}

static void divide_repetition(struct division *d, int number, int from, int to)
{
    const struct node *node = &d->subject->program->nodes[number];

    if (from < to)
        divide(d, node->left, last_round(d, number, from, to), to);
    else if (can_match(d, node->left, from, to))
        divide(d, node->left, from, to);
}

/* The loop descends to the right, where a long pattern is deep. */
static void divide(struct division *d, int number, int from, int to)
{
    const struct node *nodes = d->subject->program->nodes;

    while (nodes[number].has_group) {
        const struct node *node = &nodes[number];
        bool left;
        int middle;

        switch (node->kind) {
        case GROUP: divide_group(d, node, from, to); return;
        case STAR:
        case PLUS: divide_repetition(d, number, from, to); return;
        case CAT:
            middle = boundary(d, node, from, to);
            divide(d, node->left, from, middle);
            number = node->right;
            from = middle;
            break;
        case ALT:
            left = !(node->again && from == to) && can_match(d, node->left, from, to);
            number = left ? node->left : node->right;
            break;
        default: return;
        }
    }
}

static void look_at_spots(struct division *d, int from, int to)
{
    wint_t before = subject_before(d->subject, from);
    int next = from;

    for (int at = from; at <= to; at++) {
        d->spots[at - from] = (struct spot){0};
        if (at < next)
            continue;
        d->spots[at - from] = subject_spot(d->subject, at, before);
        before = d->spots[at - from].after;
        next = at + d->spots[at - from].length;
    }
}

int regex_divide(const struct subject *s, regmatch_t match[])
{
    const struct regex_program *program = s->program;
    int from = match->rm_so, to = match->rm_eo, result = REG_ESPACE;
    size_t n = (size_t)(to - from) + 1;
    struct division d = {.subject = s, .match = match, .base = from};

    for (int group = 1; group <= program->n_groups; group++)
        match[group] = (regmatch_t){-1, -1};
    d.values = reallocarray(NULL, (size_t)program->n_nodes, sizeof(*d.values));
    d.spots = reallocarray(NULL, n, sizeof(*d.spots));
    d.weights = reallocarray(NULL, n, sizeof(*d.weights));
    d.reached = reallocarray(NULL, n, sizeof(*d.reached));
    if (d.values && d.spots && d.weights && d.reached) {
        look_at_spots(&d, from, to);
        divide(&d, program->n_nodes - 1, from, to);
        result = 0;
    }
    free(d.values);
    free(d.spots);
    free(d.weights);
    free(d.reached);
    return result;
}
