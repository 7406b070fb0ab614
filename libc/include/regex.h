/* Regular expressions of POSIX, basic and extended, with GNU's \w \W \s \S \b \B \< \> \` \' in
 * both, and \+ \?
 * \| in basic ones. Characters are those of the locale at regcomp, and then at regexec.
 *
 * Of all matches the one that begins first is taken, and of those the longest; within it each part,
 * from left to right, is as long as it can be. The time that regexec takes grows with the length
 * of the text times that of the pattern, unless the pattern has back-references. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

typedef int regoff_t;

typedef struct {
    size_t re_nsub; /* how many subexpressions in parentheses there are */
    struct regex_program *__program;
} regex_t;

/* Where a match, or a subexpression within it, begins and ends, in bytes; -1 for none. */
typedef struct {
    regoff_t rm_so, rm_eo;
} regmatch_t;

#define RE_DUP_MAX 32767

/* Flags of regcomp. */
#define REG_EXTENDED 1
#define REG_ICASE    2 /* upper and lower case are the same */
#define REG_NEWLINE  4 /* ^ and $ also match at newlines, . and [^a] do not match these */
#define REG_NOSUB    8 /* regexec only tells whether there is a match */

/* Flags of regexec. */
#define REG_NOTBOL   1 /* the text does not begin a line */
#define REG_NOTEOL   2 /* the text does not end a line */
#define REG_STARTEND 4 /* the match must be within match[0]; ^ and \b see what is before that */

enum {
    REG_NOERROR,
    REG_NOMATCH,
    REG_BADPAT,
    REG_ECOLLATE,
    REG_ECTYPE,
    REG_EESCAPE,
    REG_ESUBREG,
    REG_EBRACK,
    REG_EPAREN,
    REG_EBRACE,
    REG_BADBR,
    REG_ERANGE,
    REG_ESPACE,
    REG_BADRPT,
    REG_EEND,
    REG_ESIZE,
    REG_ERPAREN,
};

/* Makes a program of a pattern; regfree frees its memory. 0, or one of the errors above: REG_ESPACE
 * also where a pattern with its repetitions written out has more than 131072 parts, or parentheses
 * are nested more than 500 deep. */
int regcomp(regex_t *restrict regex, const char *restrict pattern, int flags);

/* 0 and up to n matches: of the whole, and of the subexpressions in the order of their opening
 * parentheses; of a repeated one the last. REG_NOMATCH; REG_ESPACE if memory is short, or a match
 * with back-references needs calls more than 8000 deep. */
int regexec(const regex_t *restrict regex, const char *restrict text, size_t n, regmatch_t match[],
            int flags);

/* The message of an error, cut to size bytes; the result is the size that it needs with its NUL. */
size_t regerror(int error, const regex_t *restrict regex, char *restrict text, size_t size);
void regfree(regex_t *regex);
