/* The text that is searched: its characters, and what the places between them are. */
/* SPDX-License-Identifier: MIT */
#include "program.h"

/* Reads the character at an offset; bytes that are none count one by one. */
static wint_t char_at(const struct subject *s, int at, int *length)
{
    unsigned char byte = (unsigned char)s->text[at];
    mbstate_t state = {0};
    wchar_t c;

    *length = 1;
    if (byte < 128)
        return byte;
    size_t n = mbrtowc(&c, s->text + at, (size_t)(s->end - at), &state);
    if (n > MB_LEN_MAX)
        return WEOF;
    *length = (int)n;
    return (wint_t)c;
}

wint_t subject_before(const struct subject *s, int at)
{
    int start = at - 1, length;

    if (at <= 0)
        return WEOF;
    while (s->utf8 && start > 0 && at - start < MB_LEN_MAX && (s->text[start] & 0xc0) == 0x80)
        start--;
    wint_t c = char_at(s, start, &length);
    return start + length == at ? c : char_at(s, at - 1, &length);
}

static bool in_word(wint_t c)
{
    return c == '_' || iswalnum(c);
}

struct spot subject_spot(const struct subject *s, int at, wint_t before)
{
    struct spot spot = {.before = before, .after = WEOF};
    bool lines = s->program->flags & REG_NEWLINE, is_end = at == s->end, is_start = at == 0;

    if (!is_end)
        spot.after = char_at(s, at, &spot.length);
    bool word_before = in_word(before), word_after = in_word(spot.after);
    bool starts = (is_start && !(s->flags & REG_NOTBOL)) || (lines && before == '\n');
    bool ends = (is_end && !(s->flags & REG_NOTEOL)) || (lines && spot.after == '\n');
    spot.places = (unsigned)starts << LINE_START | (unsigned)ends << LINE_END |
                  (unsigned)is_start << TEXT_START | (unsigned)is_end << TEXT_END |
                  (unsigned)(word_before != word_after) << WORD_EDGE |
                  (unsigned)(word_before == word_after) << WORD_INSIDE |
                  (unsigned)(!word_before && word_after) << WORD_START |
                  (unsigned)(word_before && !word_after) << WORD_END;
    return spot;
}

bool is_leaf(const struct node *node)
{
    return node->kind == CHAR || node->kind == ANY || node->kind == SET;
}

bool leaf_matches(const struct regex_program *program, const struct node *node, wint_t c)
{
    bool fold = program->flags & REG_ICASE;

    if (c == WEOF)
        return false;
    if (node->kind == ANY)
        return c != '\n' || !(program->flags & REG_NEWLINE);
    if (node->kind == CHAR) {
        wint_t own = (wint_t)node->c;

        return c == own || (fold && (towlower(c) == towlower(own) || towupper(c) == towupper(own)));
    }
    const struct set *set = &program->sets[node->set];
    bool has =
        set_has(set, c) || (fold && (set_has(set, towlower(c)) || set_has(set, towupper(c))));
    return has != set->negated;
}
