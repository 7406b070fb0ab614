/* From a pattern to a tree, by recursive descent:
 *
 *   alternatives = branch { "|" branch }        branch = { piece }
 *   piece = atom { "*" | "+" | "?" | "{m,n}" }  atom = character | "." | bracket | "(" alternatives
 * ")" ...
 *
 * In a basic expression most of these marks have a backslash, and whether ^ * $ are marks depends
 * on what is beside them. Where POSIX leaves a meaning open it is glibc's. */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "program.h"

enum { NO_NODE = -1 };

struct parser {
    struct regex_program *program;
    const char *at;
    int error; /* the first one; then nothing more is done */
    int depth, room;
    bool extended;
    bool caret_is_anchor; /* at the start of a branch */
    bool after_anchor;
    unsigned closed; /* a bit for each group that a back-reference may name */
};

static int stop(struct parser *p, int error)
{
    if (!p->error)
        p->error = error;
    return NO_NODE;
}

static int saturate(int a, int b)
{
    return a + b > ENDLESS ? ENDLESS : a + b;
}

/* How many characters a node matches, by those of its children. */
static void measure(const struct node *nodes, struct node *node)
{
    const struct node *l = &nodes[node->left], *r = &nodes[node->right];

    switch (node->kind) {
    case CHAR:
    case ANY:
    case SET: node->least = node->most = 1; break;
    case BACK: node->most = ENDLESS; break;
    case GROUP:
        node->least = l->least;
        node->most = l->most;
        break;
    case CAT:
        node->least = saturate(l->least, r->least);
        node->most = saturate(l->most, r->most);
        break;
    case ALT:
        node->least = l->least < r->least ? l->least : r->least;
        node->most = l->most > r->most ? l->most : r->most;
        break;
    case PLUS: node->least = l->least; /* fall through */
    case STAR: node->most = l->most ? ENDLESS : 0; break;
    default: break;
    }
}

static bool make_room(struct parser *p, int more)
{
    int wanted = p->program->n_nodes + more, room = p->room ? p->room : 16;

    if (wanted > MOST_NODES)
        return false;
    while (room < wanted)
        room *= 2;
    if (room == p->room)
        return true;
    struct node *nodes = reallocarray(p->program->nodes, (size_t)room, sizeof(*nodes));
    if (!nodes)
        return false;
    p->program->nodes = nodes;
    p->room = room;
    return true;
}

/* Adds a node and returns its number; leaves have no children, and some nodes only a left one. */
static int add(struct parser *p, enum kind kind, int left, int right)
{
    if (p->error || !make_room(p, 1))
        return stop(p, REG_ESPACE);
    struct node *nodes = p->program->nodes;
    int number = p->program->n_nodes++;
    bool has_left = left != NO_NODE, has_right = right != NO_NODE;
    nodes[number] = (struct node){.kind = kind, .left = left, .right = right};
    nodes[number].first = has_left ? nodes[left].first : number;
    nodes[number].has_group = kind == GROUP || (has_left && nodes[left].has_group) ||
                              (has_right && nodes[right].has_group);
    nodes[number].left = has_left ? left : 0;
    nodes[number].right = has_right ? right : 0;
    measure(nodes, &nodes[number]);
    return number;
}

static int add_leaf(struct parser *p, enum kind kind)
{
    return add(p, kind, NO_NODE, NO_NODE);
}

static int add_char(struct parser *p, wchar_t c)
{
    int number = add_leaf(p, CHAR);

    if (number != NO_NODE)
        p->program->nodes[number].c = c;
    return number;
}

/* Adds a copy of a node and all below it. */
static int add_copy(struct parser *p, int number)
{
    if (p->error)
        return NO_NODE;
    int first = p->program->nodes[number].first, n = number - first + 1;
    if (!make_room(p, n))
        return stop(p, REG_ESPACE);
    struct node *nodes = p->program->nodes;
    int shift = p->program->n_nodes - first;
    for (int i = first; i <= number; i++) {
        nodes[i + shift] = nodes[i];
        nodes[i + shift].first += shift;
        nodes[i + shift].left += shift;
        nodes[i + shift].right += shift;
    }
    p->program->n_nodes += n;
    return number + shift;
}

/* Joins the trees that lie side by side from `first` on, by CAT or ALT, the last two first. */
static int join(struct parser *p, enum kind kind, int first)
{
    if (p->error)
        return NO_NODE;
    int right = p->program->n_nodes - 1, left = p->program->nodes[right].first - 1;
    while (left >= first && right != NO_NODE) {
        right = add(p, kind, left, right);
        left = right == NO_NODE ? first - 1 : p->program->nodes[left].first - 1;
    }
    return right;
}

static struct set *add_set(struct parser *p, int *leaf)
{
    struct regex_program *program = p->program;
    struct set *sets = reallocarray(program->sets, (size_t)program->n_sets + 1, sizeof(*sets));

    if (sets)
        program->sets = sets;
    *leaf = sets ? add_leaf(p, SET) : stop(p, REG_ESPACE);
    if (*leaf == NO_NODE)
        return NULL;
    program->nodes[*leaf].set = program->n_sets;
    sets[program->n_sets] = (struct set){0};
    return &sets[program->n_sets++];
}

static int parse_bracket(struct parser *p)
{
    int leaf;
    struct set *set = add_set(p, &leaf);
    int error = set ? regex_parse_bracket(set, &p->at, p->program->flags) : REG_ESPACE;

    return error ? stop(p, error) : leaf;
}

/* \w and \s, and in upper case their opposites. */
static int parse_kind(struct parser *p, char letter)
{
    int leaf;
    struct set *set = add_set(p, &leaf);

    if (!set)
        return NO_NODE;
    set->kinds[set->n_kinds++] = wctype((letter | 32) == 'w' ? "alnum" : "space");
    set->negated = isupper((unsigned char)letter);
    if ((letter | 32) == 'w')
        set->bits['_' / 8] |= 1 << '_' % 8;
    return leaf;
}

/* An anchor cannot be repeated; a star after it is an atom. */
static int add_place(struct parser *p, enum place place)
{
    int number = add_leaf(p, ASSERT);

    if (number != NO_NODE)
        p->program->nodes[number].place = place;
    p->after_anchor = true;
    return number;
}

static int add_back_reference(struct parser *p, int group)
{
    if (!(p->closed >> group & 1))
        return stop(p, REG_ESUBREG);
    int number = add_leaf(p, BACK);
    if (number != NO_NODE)
        p->program->nodes[number].group = group;
    p->program->has_back = true;
    return number;
}

/* Is the mark here, with a backslash in a basic expression, without in an extended one? */
static bool at_mark(const struct parser *p, char mark)
{
    return p->extended ? *p->at == mark : *p->at == '\\' && p->at[1] == mark;
}

static void skip_mark(struct parser *p)
{
    p->at += p->extended ? 1 : 2;
}

static int parse_alternatives(struct parser *p);

static int parse_group(struct parser *p)
{
    int group = ++p->program->n_groups;

    if (++p->depth > MOST_DEPTH)
        return stop(p, REG_ESPACE);
    int inside = parse_alternatives(p);
    if (inside == NO_NODE)
        return NO_NODE;
    p->depth--;
    if (!at_mark(p, ')'))
        return stop(p, REG_EPAREN);
    skip_mark(p);
    int number = add(p, GROUP, inside, NO_NODE);
    if (number == NO_NODE)
        return NO_NODE;
    p->program->nodes[number].group = group;
    p->program->nodes[number].last_group = p->program->n_groups;
    p->after_anchor = false;
    if (group < 10)
        p->closed |= 1u << group;
    return number;
}

static int parse_char(struct parser *p)
{
    mbstate_t state = {0};
    wchar_t c;
    size_t length = mbrtowc(&c, p->at, MB_LEN_MAX, &state);

    if (length > MB_LEN_MAX)
        return stop(p, REG_BADPAT);
    p->at += length;
    return add_char(p, c);
}

static int parse_escape(struct parser *p)
{
    static const char places[] = "`'bB<>";
    char c = p->at[1];
    const char *place = c ? strchr(places, c) : NULL;

    if (!c)
        return stop(p, REG_EESCAPE);
    if (!p->extended && c == '{')
        return stop(p, REG_BADRPT);
    if (!p->extended && c == ')')
        return stop(p, REG_EPAREN);
    if (c >= '1' && c <= '9') {
        p->at += 2;
        return add_back_reference(p, c - '0');
    }
    if (place) {
        p->at += 2;
        return add_place(p, TEXT_START + (enum place)(place - places));
    }
    if (strchr("wWsS", c)) {
        p->at += 2;
        return parse_kind(p, c);
    }
    p->at++;
    return parse_char(p);
}

/* In a basic expression $ is an anchor only at the end, or before \) or \|. */
static bool dollar_is_anchor(const struct parser *p)
{
    const char *next = p->at + 1;

    return p->extended || !*next || (*next == '\\' && (next[1] == ')' || next[1] == '|'));
}

static int parse_atom(struct parser *p)
{
    bool caret = p->caret_is_anchor || p->extended;

    p->caret_is_anchor = p->after_anchor = false;
    if (at_mark(p, '(')) {
        skip_mark(p);
        return parse_group(p);
    }
    switch (*p->at) {
    case '\\': return parse_escape(p);
    case '.': p->at++; return add_leaf(p, ANY);
    case '[': p->at++; return parse_bracket(p);
    case '^':
        if (!caret)
            break;
        p->at++;
        return add_place(p, LINE_START);
    case '$':
        if (!dollar_is_anchor(p))
            break;
        p->at++;
        return add_place(p, LINE_END);
    case '*':
    case '+':
    case '?':
    case '{':
        if (p->extended)
            return stop(p, REG_BADRPT);
    }
    return parse_char(p);
}

/* Reads a number of {m,n}: -1 if there is none, RE_DUP_MAX + 1 if it is too large. */
static int parse_count(struct parser *p)
{
    int n = -1;

    for (; isdigit((unsigned char)*p->at); p->at++) {
        n = (n < 0 ? 0 : n * 10) + *p->at - '0';
        if (n > RE_DUP_MAX)
            n = RE_DUP_MAX + 1;
    }
    return n;
}

/* Reads the rest of {m}, {m,}, {m,n} or {,n}; *most is -1 for no limit. */
static void parse_interval(struct parser *p, int *least, int *most)
{
    *least = *most = parse_count(p);
    if (*p->at == ',') {
        p->at++;
        *most = parse_count(p);
        if (*least < 0)
            *least = 0;
    }
    if (*least < 0 || !at_mark(p, '}')) {
        stop(p, *p->at ? REG_BADBR : REG_EBRACE);
        return;
    }
    skip_mark(p);
    if (*most >= 0 && *least > *most)
        stop(p, REG_BADBR);
    if (*least > RE_DUP_MAX || *most > RE_DUP_MAX)
        stop(p, REG_ESIZE);
}

/* Makes a node optional. */
static int optional(struct parser *p, int number, bool again)
{
    int empty = add_leaf(p, EMPTY);

    number = empty == NO_NODE ? NO_NODE : add(p, ALT, number, empty);
    if (number != NO_NODE)
        p->program->nodes[number].again = again;
    return number;
}

/* A part that occurs from least to most times. It lies at the end of the array, and so do its
 * copies: all that must occur, then a star, or those that may occur, each inside the one before it.
 */
static int repeat(struct parser *p, int part, int least, int most)
{
    if (p->error)
        return NO_NODE;
    int first = p->program->nodes[part].first, last = part;
    if (most == 0) {
        p->program->n_nodes = first;
        return add_leaf(p, EMPTY);
    }
    if (most < 0 && least < 2)
        return add(p, least ? PLUS : STAR, part, NO_NODE);
    int copies = most < 0 ? least : most;
    for (int i = 1; i < copies && last != NO_NODE; i++)
        last = add_copy(p, part);
    if (most < 0 && last != NO_NODE)
        last = add(p, PLUS, last, NO_NODE);
    for (int i = copies; i > least && last != NO_NODE; i--) {
        int before = p->program->nodes[last].first - 1;

        last = optional(p, last, i > 1);
        if (i > least + 1 && last != NO_NODE)
            last = add(p, CAT, before, last);
    }
    return last == NO_NODE ? NO_NODE : join(p, CAT, first);
}

/* The operator of a repetition that is here; 0 if there is none. */
static char repetition(const struct parser *p)
{
    if (*p->at == '*')
        return '*';
    for (const char *mark = "+?{"; *mark; mark++)
        if (at_mark(p, *mark))
            return *mark;
    return 0;
}

static int parse_piece(struct parser *p)
{
    int number = parse_atom(p);

    while (number != NO_NODE && !p->after_anchor) {
        int least = 0, most = -1;
        char sign = repetition(p);

        if (!sign)
            break;
        p->at += sign == '*' || p->extended ? 1 : 2;
        if (sign == '+')
            least = 1;
        if (sign == '?')
            most = 1;
        if (sign == '{')
            parse_interval(p, &least, &most);
        number = repeat(p, number, least, most);
        if (!p->extended && (*p->at == '*' || at_mark(p, '{')))
            stop(p, REG_BADRPT); /* a basic expression has no repetition of a repetition */
    }
    return p->error ? NO_NODE : number;
}

/* A closing parenthesis without an opening one is an atom of an extended expression. */
static bool branch_ends(const struct parser *p)
{
    return !*p->at || at_mark(p, '|') || (at_mark(p, ')') && p->depth > 0);
}

static int parse_branch(struct parser *p)
{
    int first = p->program->n_nodes;

    p->caret_is_anchor = true;
    if (branch_ends(p))
        return add_leaf(p, EMPTY);
    while (!branch_ends(p))
        if (parse_piece(p) == NO_NODE)
            return NO_NODE;
    return join(p, CAT, first);
}

/* What one alternative has matched, another cannot refer to. */
static int parse_alternatives(struct parser *p)
{
    int first = p->program->n_nodes;
    unsigned closed_before = p->closed, closed = 0;

    for (bool more = true; more;) {
        p->closed = closed_before;
        if (parse_branch(p) == NO_NODE)
            return NO_NODE;
        closed |= p->closed;
        more = at_mark(p, '|');
        if (more)
            skip_mark(p);
    }
    p->closed = closed;
    return join(p, ALT, first);
}

int regex_parse(struct regex_program *program, const char *pattern)
{
    struct parser p = {
        .program = program,
        .at = pattern,
        .extended = program->flags & REG_EXTENDED,
    };

    parse_alternatives(&p);
    return p.error;
}
