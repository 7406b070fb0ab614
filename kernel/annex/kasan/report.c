/* Reports which bytes were accessed: of which object, how large it is, where it was allocated and
 * freed. */
/* SPDX-License-Identifier: MIT */
#include "hooks.h"
#include "kasan.h"
#include "lib.h"
#include "x86.h"

enum { FRAME_MAGIC = 0x41b58ab3, FRAME_WORDS_MAX = 256 };

static uint64_t bad;

static const char *kind_of(uint8_t shadow)
{
    switch (shadow) {
    case SHADOW_STACK_LEFT:
    case SHADOW_STACK_MIDDLE:
    case SHADOW_STACK_RIGHT: return "out of bounds of a variable on the stack";
    case SHADOW_SCOPE: return "variable on the stack used after its end";
    case SHADOW_GLOBAL: return "out of bounds of a global variable";
    case SHADOW_HEAD:
    case SHADOW_BEHIND: return "out of bounds of an object";
    case SHADOW_FREED: return "use after free";
    case SHADOW_PAGE: return "use of a free page";
    default: return "memory of no object";
    }
}

/* Why the byte may not be accessed. For a granule that is partly allowed, the next one says it. */
static uint8_t reason_at(uint64_t address)
{
    uint8_t shadow = *shadow_of(address);
    return shadow < GRANULE ? *shadow_of(address + GRANULE) : shadow;
}

/* Logs where the bad byte is, relative to an object of n bytes. */
static void log_place(uint64_t start, uint64_t n, const char *what, const char *name)
{
    if (bad < start)
        klog("  %lu bytes before %s %s (0x%lx, %lu bytes)", start - bad, what, name, start, n);
    else if (bad < start + n)
        klog("  byte %lu of %s %s (0x%lx, %lu bytes)", bad - start, what, name, start, n);
    else
        klog("  %lu bytes after %s %s (0x%lx, %lu bytes)", bad - start - n, what, name, start, n);
}

/* ---- Objects ---- */

static void log_sites(const char *what, const uint32_t sites[MAX_SITES])
{
    char name[80];
    for (size_t i = 0; i < MAX_SITES && sites[i]; i++) {
        kernel_symbol((uint64_t)(int32_t)sites[i], name, sizeof(name));
        klog("  %s %s", i ? "       from" : what, name);
    }
}

/* The note of the object that contains the byte or ends before it; for a byte in a note, that note.
 * NULL if its page has none. */
static const struct object_note *note_near(uint64_t address)
{
    uint64_t page = align_down(address, PAGE_SIZE), at = align_down(address, GRANULE);
    while (at > page && *shadow_of(at) != SHADOW_HEAD)
        at -= GRANULE;
    while (at < page + PAGE_SIZE && *shadow_of(at) == SHADOW_HEAD)
        at += GRANULE;
    bool found = at > page && *shadow_of(at - GRANULE) == SHADOW_HEAD;
    return found ? (const struct object_note *)at - 1 : NULL;
}

static void log_object(uint64_t address)
{
    const struct object_note *note = note_near(address);
    if (!note)
        return;
    log_place((uint64_t)(note + 1), note->n_bytes,
              "an object:", note->name ? note->name : "kmalloc");
    log_sites("allocated by", note->allocated);
    log_sites("freed by", note->freed);
}

/* ---- Variables ---- */

/* Reads a decimal number and the blank after it. */
static uint64_t number(const char **text)
{
    uint64_t value = 0;
    while (**text >= '0' && **text <= '9')
        value = value * 10 + (uint64_t)(*(*text)++ - '0');
    *text += **text == ' ';
    return value;
}

/* The compilers put a magic number at the lowest address of a frame, and after it a pointer to a
 * text such as "2 32 8 1 n 64 40 6 line:7": how many variables there are, and for each its offset,
 * its size, the length of its name, and the name. */
static void log_variable(const uint64_t *frame)
{
    const char *text = (const char *)frame[1];
    char name[80];
    klog("  in a frame of %s", kernel_symbol(frame[2], name, sizeof(name)));
    for (uint64_t n = number(&text); n > 0; n--) {
        uint64_t start = (uint64_t)frame + number(&text), size = number(&text);
        uint64_t length = number(&text), gap = 2 * align_up(size, 32);
        strlcpy(name, text, min(length + 1, sizeof(name)));
        if (bad + 32 >= start && bad < start + max(gap, size + 32))
            log_place(start, size, "variable", name);
        text += length + (text[length] == ' ');
    }
}

static void log_frame(uint64_t address)
{
    const uint64_t *at = (const uint64_t *)align_down(address, 8);
    for (int i = 0; i < FRAME_WORDS_MAX && *at != FRAME_MAGIC; i++)
        at--;
    if (*at == FRAME_MAGIC)
        log_variable(at);
}

static void log_global(uint64_t address)
{
    const struct global *g = global_at(address);
    if (!g)
        return;
    log_place(g->start, g->n_bytes, "global", g->name);
    klog("  of %s:%u", g->place ? g->place->file : g->file, g->place ? g->place->line : 0);
}

/* ---- The report: panic calls log_details after its own lines ---- */

static void log_details(void)
{
    switch (reason_at(bad)) {
    case SHADOW_HEAD:
    case SHADOW_BEHIND:
    case SHADOW_FREED: log_object(bad); break;
    case SHADOW_GLOBAL: log_global(bad); break;
    case SHADOW_STACK_LEFT:
    case SHADOW_STACK_MIDDLE:
    case SHADOW_STACK_RIGHT:
    case SHADOW_SCOPE: log_frame(bad); break;
    }
}

void kasan_report(const struct access *access, uint64_t rip)
{
    char name[80];
    bad = access->bad;
    annex_hooks.panic_details = log_details;
    panic("KASAN: %s: %s of %lu byte%s at 0x%lx in %s", kind_of(reason_at(bad)),
          access->write ? "write" : "read", access->n, access->n == 1 ? "" : "s", access->address,
          kernel_symbol(rip, name, sizeof(name)));
}

void kasan_report_free(const char *what, uint64_t object, uint64_t rip)
{
    char name[80];
    checks_off();
    bad = object;
    annex_hooks.panic_details = log_details;
    panic("KASAN: %s: 0x%lx freed in %s", what, object, kernel_symbol(rip, name, sizeof(name)));
}
