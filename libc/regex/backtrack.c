/* Patterns with back-references: one way after the other is tried, and the longest match is kept.
 *
 * What a subexpression matched must be known before its back-reference is, so ways cannot be
 * followed together. `try` matches a node at a place and then calls `go_on` with what is still to
 * be matched, a chain of `then` that lies on the stack. A way that fails returns, and undoes what
 * it noted of the groups. The time can grow exponentially with the text, as for every known method;
 * the depth of the calls is limited. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "program.h"

#define MOST_STEPS 8000

enum what { MATCH, CLOSE_GROUP, NEXT_ROUND };

struct then {
    enum what what;
    int node;
    int from; /* where the group or the round began */
    const struct then *next;
};

struct search {
    const struct subject *subject;
    regmatch_t *now; /* the groups of the way that is tried */
    regmatch_t *best;
    int n_groups;
    int steps;
    bool too_deep, found;
};

static bool try(struct search *s, int number, int at, const struct then *then);

/* A way is complete. The first of the longest is kept; false if there may be longer ones. */
static bool keep(struct search *s, int at)
{
    if (!s->found || at > s->best->rm_eo) {
        int start = s->now->rm_so;

        memcpy(s->best, s->now, sizeof(*s->best) * ((size_t)s->n_groups + 1));
        *s->best = (regmatch_t){start, at};
        s->found = true;
    }
    return at == s->subject->end;
}

static bool close_group(struct search *s, int at, const struct then *then,
                        bool (*go_on)(struct search *, int, const struct then *))
{
    int group = s->subject->program->nodes[then->node].group;
    regmatch_t before = s->now[group];

    s->now[group] = (regmatch_t){then->from, at};
    if (go_on(s, at, then->next))
        return true;
    s->now[group] = before;
    return false;
}

static bool go_on(struct search *s, int at, const struct then *then)
{
    if (!then)
        return keep(s, at);
    if (then->what == MATCH)
        return try(s, then->node, at, then->next);
    if (then->what == CLOSE_GROUP)
        return close_group(s, at, then, go_on);
    if (at == then->from) /* a round that matched nothing is the last */
        return go_on(s, at, then->next);
    return try(s, then->node, at, then->next) ||
           (s->subject->program->nodes[then->node].kind == PLUS && go_on(s, at, then->next));
}

static struct spot spot_at(const struct search *s, int at)
{
    return subject_spot(s->subject, at, subject_before(s->subject, at));
}

static bool try_leaf(struct search *s, const struct node *node, int at, const struct then *then)
{
    struct spot spot = spot_at(s, at);

    return leaf_matches(s->subject->program, node, spot.after) && go_on(s, at + spot.length, then);
}

static bool try_back(struct search *s, const struct node *node, int at, const struct then *then)
{
    regmatch_t group = s->now[node->group];
    int length = group.rm_eo - group.rm_so;
    bool fold = s->subject->program->flags & REG_ICASE;

    if (group.rm_so < 0 || length > s->subject->end - at)
        return false;
    for (int i = 0; i < length;) {
        struct spot a = spot_at(s, group.rm_so + i), b = spot_at(s, at + i);
        bool same = fold ? towlower(a.after) == towlower(b.after) : a.after == b.after;

        if (!same || a.length != b.length ||
            (a.after == WEOF && s->subject->text[group.rm_so + i] != s->subject->text[at + i]))
            return false;
        i += a.length;
    }
    return go_on(s, at + length, then);
}

/* A repetition of one character needs no call for each of them. */
static bool try_run(struct search *s, const struct node *node, int at, const struct then *then)
{
    const struct node *leaf = &s->subject->program->nodes[node->left];
    int least = at + (node->kind == PLUS), start = at;
    struct spot spot = spot_at(s, at);

    while (leaf_matches(s->subject->program, leaf, spot.after)) {
        at += spot.length;
        spot = subject_spot(s->subject, at, spot.after);
    }
    for (;; at--) {
        while (s->subject->utf8 && at > start && at < s->subject->end &&
               (s->subject->text[at] & 0xc0) == 0x80)
            at--;
        if (at < least)
            return false;
        if (go_on(s, at, then))
            return true;
    }
}

static bool try_repetition(struct search *s, int number, int at, const struct then *then)
{
    const struct node *node = &s->subject->program->nodes[number];
    struct then round = {NEXT_ROUND, number, at, then};

    if (is_leaf(&s->subject->program->nodes[node->left]))
        return try_run(s, node, at, then);
    return try(s, node->left, at, &round) || (node->kind == STAR && go_on(s, at, then));
}

static bool try_node(struct search *s, int number, int at, const struct then *then)
{
    const struct node *node = &s->subject->program->nodes[number];
    struct then more = {MATCH, node->right, at, then};

    switch (node->kind) {
    case EMPTY: return go_on(s, at, then);
    case CHAR:
    case ANY:
    case SET: return try_leaf(s, node, at, then);
    case ASSERT: return spot_at(s, at).places >> node->place & 1 && go_on(s, at, then);
    case BACK: return try_back(s, node, at, then);
    case CAT: return try(s, node->left, at, &more);
    case ALT: return try(s, node->left, at, then) || try(s, node->right, at, then);
    case STAR:
    case PLUS: return try_repetition(s, number, at, then);
    case GROUP: break;
    }
    struct then close = {CLOSE_GROUP, number, at, then};
    return try(s, node->left, at, &close);
}

static bool try(struct search *s, int number, int at, const struct then *then)
{
    if (s->too_deep || ++s->steps > MOST_STEPS) {
        s->too_deep = true;
        return false;
    }
    bool done = try_node(s, number, at, then);
    s->steps--;
    return done;
}

int regex_backtrack(const struct subject *subject, regmatch_t match[])
{
    int n_groups = subject->program->n_groups, top = subject->program->n_nodes - 1;
    struct search s = {.subject = subject, .best = match, .n_groups = n_groups};

    s.now = reallocarray(NULL, (size_t)n_groups + 1, sizeof(*s.now));
    if (!s.now)
        return REG_ESPACE;
    for (int at = subject->from; at <= subject->end && !s.found && !s.too_deep;) {
        for (int group = 0; group <= n_groups; group++)
            s.now[group] = (regmatch_t){-1, -1};
        s.now->rm_so = at;
        try(&s, top, at, NULL);
        int length = spot_at(&s, at).length;
        at += length ? length : 1;
    }
    free(s.now);
    return s.too_deep ? REG_ESPACE : s.found ? 0 : REG_NOMATCH;
}
