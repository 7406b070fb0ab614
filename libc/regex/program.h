/* What a regular expression is compiled to: a tree, whose nodes lie in one array.
 *
 * Children lie before their parent, and all nodes below one node lie side by side, from `first` on.
 * So a pass from the leaves up is a loop over the array, and one from the root down is the same
 * loop backwards. A repetition {2,4} is written out, x x (x (x|)|), with copies of x.
 *
 * A match is found in two steps.
 *
 *   find.c    goes forward through the text, once, with all possible ways at a time, and finds
 * where the match begins and ends. divide.c  then divides that stretch among the children of each
 * node, from the root down, where subexpressions are to be told.
 *
 * Both take time in proportion to the length of the text times the number of nodes. Back-references
 * are beyond such methods: backtrack.c tries one way after the other. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <limits.h>
#include <regex.h>
#include <stdbool.h>
#include <wchar.h>
#include <wctype.h>

#define MOST_NODES 131072
#define MOST_DEPTH 500
#define ENDLESS    (1 << 20) /* a length without limit */

enum kind {
    EMPTY,  /* matches the empty text */
    CHAR,   /* one character: c */
    ANY,    /* any character */
    SET,    /* a character of sets[set] */
    ASSERT, /* the empty text where `place` holds */
    BACK,   /* the text of subexpression `group` */
    GROUP,  /* subexpression `group`, which contains those up to last_group: left */
    CAT,    /* left, then right */
    ALT,    /* left or right */
    STAR,   /* left any number of times */
    PLUS,   /* left once or more often */
};

enum place {
    LINE_START,
    LINE_END,
    TEXT_START,
    TEXT_END,
    WORD_EDGE,
    WORD_INSIDE,
    WORD_START,
    WORD_END
};

struct node {
    enum kind kind;
    bool has_group; /* here or below */
    bool again;     /* of ALT: an optional repetition, not taken for the empty text */
    int left, right, first;
    int least, most; /* how many characters it matches; ENDLESS */
    union {
        wchar_t c;
        int set;
        enum place place;
        struct {
            int group, last_group;
        };
    };
};

struct range {
    wint_t low, high;
};

/* A bracket expression: characters below 128 as bits, others as ranges and kinds. */
struct set {
    bool negated;
    unsigned char bits[16];
    int n_ranges, n_kinds;
    struct range *ranges;
    wctype_t kinds[12];
};

struct regex_program {
    struct node *nodes;
    struct set *sets;
    int n_nodes, n_sets, n_groups;
    int flags; /* regcomp's */
    bool has_back;
    bool starts[256]; /* the bytes that a match can begin with */
    bool may_be_empty;
};

/* The text of a regexec. Offsets are from `text`. */
struct subject {
    const struct regex_program *program;
    const char *text;
    int from, end; /* a match is between these; what is before `from` is looked at */
    int flags;     /* regexec's */
    bool utf8;
};

/* What is known of one place in the text. */
struct spot {
    wint_t before, after; /* WEOF: none, or no character */
    int length;           /* of the character after it, in bytes; 0 at the end */
    unsigned places;      /* a bit for each place that it is */
};

/* The characters around an offset; `before` is that of the offset before it. */
struct spot subject_spot(const struct subject *subject, int at, wint_t before);

/* The character that ends at an offset; WEOF if there is none. */
wint_t subject_before(const struct subject *subject, int at);

/* Does this leaf of the tree match the character? */
bool leaf_matches(const struct regex_program *program, const struct node *node, wint_t c);
bool is_leaf(const struct node *node);

/* Finds the leftmost longest match: 0, REG_NOMATCH or REG_ESPACE. With `any`, only whether there is
 * one. */
int regex_find(const struct subject *subject, bool any, regmatch_t *match);

/* Finds the subexpressions of the match in match[0]: 0 or REG_ESPACE. */
int regex_divide(const struct subject *subject, regmatch_t match[]);

/* Both, for patterns with back-references; match has room for all groups. */
int regex_backtrack(const struct subject *subject, regmatch_t match[]);

/* Parses a pattern into an empty program: 0 or an error. What is in the program must be freed. */
int regex_parse(struct regex_program *program, const char *pattern);
void regex_release(struct regex_program *program);

/* Parses a bracket expression whose '[' is before *at, and moves *at after its ']'. */
int regex_parse_bracket(struct set *set, const char **at, int flags);
bool set_has(const struct set *set, wint_t c);
