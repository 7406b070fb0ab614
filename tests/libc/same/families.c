/* Smaller families: random numbers, search tables, strptime, contexts, walks through directories,
 * locales. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <ftw.h>
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <search.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static uint64_t state = 29;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static void random_numbers(void)
{
    static const size_t sizes[] = {8, 16, 32, 64, 100, 128, 256, 300};
    static int64_t memory[8][40], other[40];
    unsigned seed = 5;

    for (int i = 0; i < 5; i++)
        printf("random %ld rand %d\n", random(), rand());
    srandom(0);
    printf("seeded %ld\n", random());
    for (int i = 0; i < 8; i++) {
        char *before = initstate(7, (char *)memory[i], sizes[i]);

        for (int k = 0; k < 4; k++)
            printf(" %ld", random());
        printf(" %d\n", before != NULL);
    }
    for (int i = 0; i < 8; i++) {
        printf("set %d", setstate((char *)memory[i]) != NULL);
        printf(" %ld\n", random());
    }
    errno = 0;
    printf("small %d %d\n", initstate(1, (char *)other, 7) == NULL, errno);
    struct random_data data = {0};
    int32_t number;
    initstate_r(3, (char *)other, 64, &data);
    for (int i = 0; i < 40; i++) {
        random_r(&data, &number);
        printf("%d %d\n", number, rand_r(&seed));
    }
}

static void numbers_48(void)
{
    unsigned short own[3] = {1, 2, 3}, parameters[7] = {9, 8, 7, 6, 5, 4, 3};

    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 4; i++) {
            printf("%.17g %ld %ld", drand48(), lrand48(), mrand48());
            printf(" %.17g %ld %ld\n", erand48(own), nrand48(own), jrand48(own));
        }
        if (round == 0)
            srand48(-12345);
        if (round == 1)
            lcong48(parameters);
    }
    unsigned short *before = seed48(own);
    printf("%d %d %d %ld\n", before[0], before[1], before[2], lrand48());
}

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int in_order;

static void visit(const void *node, VISIT which, int depth)
{
    (void)depth;
    if (which != postorder && which != leaf)
        return;
    printf(" %s", *(const char *const *)node);
    in_order++;
}

static void keep(void *key)
{
    (void)key;
}

static void trees(void)
{
    static char keys[200][8];
    void *root = NULL;

    for (int i = 0; i < 200; i++) {
        sprintf(keys[i], "%u", draw(150));
        char **node = tsearch(keys[i], &root, compare);
        printf("%s %d\n", *node, *node == keys[i]);
    }
    for (int i = 0; i < 200; i++) {
        char key[8];

        sprintf(key, "%u", draw(150));
        printf("%s %d", key, tfind(key, &root, compare) != NULL);
        printf(" %d\n", tdelete(key, &root, compare) != NULL);
        if (i % 20 == 0) {
            in_order = 0;
            twalk(root, visit);
            printf(": %d\n", in_order);
        }
    }
    tdestroy(root, keep);
}

static void tables(void)
{
    static char keys[100][8];

    printf("create %d\n", hcreate(100) != 0);
    for (int i = 0; i < 100; i++) {
        sprintf(keys[i], "%u", draw(80));
        ENTRY *found = hsearch((ENTRY){keys[i], keys[i]}, draw(2) ? FIND : ENTER);
        printf("%s %s %d\n", keys[i], found ? found->key : "-", found && found->data == keys[i]);
    }
    errno = 0;
    printf("none %d %d\n", hsearch((ENTRY){"none", 0}, FIND) == NULL, errno);
    hdestroy();
    char array[10][4] = {"b", "a"};
    size_t n = 2;
    printf("%td", (char(*)[4])lfind("a", array, &n, 4, compare) - array);
    printf(" %td %zu", (char(*)[4])lsearch("ccc", array, &n, 4, compare) - array, n);
    printf(" %d\n", lfind("d", array, &n, 4, compare) == NULL);
    struct link {
        struct link *next, *previous;
        int n;
    } links[3] = {{.n = 0}, {.n = 1}, {.n = 2}};
    insque(&links[0], NULL);
    insque(&links[2], &links[0]);
    insque(&links[1], &links[0]);
    remque(&links[2]);
    printf("%d %d\n", links[0].next->n, links[0].next->next == NULL);
}

static void read_date(const char *text, const char *format)
{
    struct tm tm = {.tm_wday = 6, .tm_yday = 300, .tm_mday = 1};
    char *end = strptime(text, format, &tm);

    printf("\"%s\" by \"%s\": %td", text, format, end ? end - text : -1);
    if (end)
        printf(" %d-%d-%d %d:%d:%d wday %d yday %d off %ld", tm.tm_year, tm.tm_mon, tm.tm_mday,
               tm.tm_hour, tm.tm_min, tm.tm_sec, tm.tm_wday, tm.tm_yday, tm.tm_gmtoff);
    printf("\n");
}

static void dates(void)
{
    static const char *const formats[] = {"%Y-%m-%d %H:%M:%S",
                                          "%c",
                                          "%D %T",
                                          "%F%t%R",
                                          "%a, %d %b %Y",
                                          "%A %e %B %y",
                                          "%I:%M %p on %j in %Y",
                                          "%s",
                                          "%C%y %j",
                                          "%Y %W %u",
                                          "%Y %U %w",
                                          "%x %X",
                                          "%r",
                                          "%y %Om",
                                          "%d.%m.%Y %z"};
    for (int i = 0; i < 1000; i++) {
        const char *format = formats[draw(15)];
        time_t time = (time_t)draw(1u << 31);
        char text[100];
        struct tm tm;

        gmtime_r(&time, &tm);
        strftime(text, sizeof(text), format, &tm);
        if (draw(4) == 0)
            text[draw((unsigned)strlen(text))] = "x9 :"[draw(4)];
        read_date(text, format);
    }
}

static void odd_dates(void)
{
    read_date("  12", " %d");
    read_date("1 2", "%d%n%m");
    read_date("68 69", "%y %d");
    read_date("+05:30", "%z");
    read_date("-0830x", "%z");
    read_date("Z", "%z");
    read_date("+1", "%z");
    read_date("99", "%H");
    read_date("12 PM", "%I %p");
    read_date("12 am", "%I %p");
    read_date("20", "%C");
    read_date("%", "%%");
    read_date("mayo", "%b");
}

static ucontext_t main_context, contexts[2];
static int sum;

static void task(int number, int b, int c, int d, int e, int f, int g, int h)
{
    for (int i = 0; i < 3; i++) {
        printf("task %d step %d: %d\n", number, i,
               b + c * 2 + d * 3 + e * 4 + f * 5 + g * 6 + h * 7);
        sum += number;
        swapcontext(&contexts[number - 1], &contexts[2 - number]);
    }
    printf("task %d ends\n", number);
}

static void switch_tasks(void)
{
    static char stacks[2][65536];
    volatile int rounds = 0;
    ucontext_t again;

    for (int i = 0; i < 2; i++) {
        getcontext(&contexts[i]);
        contexts[i].uc_stack.ss_sp = stacks[i];
        contexts[i].uc_stack.ss_size = sizeof(stacks[i]);
        contexts[i].uc_link = i == 0 ? &contexts[1] : &main_context;
        makecontext(&contexts[i], (void (*)(void))task, 8, i + 1, 1, 2, 3, 4, 5, 6, 7);
    }
    printf("swap %d\n", swapcontext(&main_context, &contexts[0]));
    printf("sum %d\n", sum);
    getcontext(&again);
    printf("round %d\n", rounds);
    if (rounds++ < 2)
        setcontext(&again);
}

static unsigned long tree_sum;

static int visit_file(const char *path, const struct stat *stat, int kind, struct FTW *place)
{
    unsigned long hash =
        (unsigned)kind * 7u + (unsigned)place->base * 31u + (unsigned)place->level * 101u;

    (void)stat;
    for (const char *c = path; *c; c++)
        hash = hash * 33 + (unsigned char)*c;
    tree_sum += hash; /* the order of names is the file system's */
    return place->level == 9 ? 42 : 0;
}

static int visit_plain(const char *path, const struct stat *stat, int kind)
{
    (void)stat;
    tree_sum += strlen(path) * 10 + (unsigned)kind;
    return strcmp(path + strlen(path) - 2, "/x") == 0 ? 9 : 0;
}

static void walks(void)
{
    static const int flags[] = {0, FTW_PHYS, FTW_DEPTH, FTW_PHYS | FTW_DEPTH, FTW_MOUNT};

    mkdir("tree", 0777);
    mkdir("tree/a", 0777);
    mkdir("tree/a/b", 0777);
    fclose(fopen("tree/a/f", "w"));
    symlink("f", "tree/a/link");
    symlink("none", "tree/a/broken");
    symlink("..", "tree/a/b/up");
    for (int i = 0; i < 5; i++) {
        tree_sum = 0;
        printf("nftw %d", nftw("tree/", visit_file, 5, flags[i]));
        printf(" %lu\n", tree_sum);
    }
    tree_sum = 0;
    printf("ftw %d", ftw("tree", visit_plain, 5));
    printf(" %lu\n", tree_sum);
    mkdir("tree/x", 0777);
    printf("ends with %d\n", ftw("tree", visit_plain, 5));
    errno = 0;
    printf("none %d", nftw("none", visit_file, 5, 0));
    printf(" %d\n", errno);
}

static void names(void)
{
    static const nl_item items[] = {CODESET, RADIXCHAR, THOUSEP,  ABDAY_1, ABDAY_7,   DAY_1,
                                    DAY_4,   ABMON_1,   ABMON_12, MON_1,   MON_5,     MON_12,
                                    AM_STR,  PM_STR,    D_T_FMT,  D_FMT,   T_FMT,     T_FMT_AMPM,
                                    YESEXPR, NOEXPR,    CRNCYSTR, ERA,     ALT_DIGITS};
    struct lconv *conv = localeconv();

    for (size_t i = 0; i < sizeof(items) / sizeof(items[0]); i++)
        printf("%zu \"%s\"\n", i, nl_langinfo(items[i]));
    printf("[%s] [%s] [%s] [%s] [%s] %d %d %d %d\n", conv->decimal_point, conv->thousands_sep,
           conv->grouping, conv->int_curr_symbol, conv->negative_sign, conv->frac_digits,
           conv->p_cs_precedes, conv->n_sign_posn, conv->int_n_sign_posn);
}

/* All characters of the new names are letters and digits. */
static void temporary_files(void)
{
    size_t good = 0;

    for (int i = 0; i < 300; i++) {
        char path[] = "t-XXXXXX";
        int fd = mkstemp(path);

        good += strspn(path + 2, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        unlink(path);
        close(fd);
    }
    printf("mkstemp: %zu letters and digits\n", good);
}

int main(void)
{
    temporary_files();
    random_numbers();
    numbers_48();
    trees();
    tables();
    dates();
    odd_dates();
    switch_tasks();
    walks();
    names();
    char path[L_tmpnam];
    printf("tmpnam %d %d %zu\n", tmpnam(path) == path, access(path, F_OK),
           strlen(path) > 5 ? 1ul : 0ul);
    char *other = tempnam(".", "abcdefgh");
    printf("tempnam %.7s %zu\n", other, strlen(other));
    free(other);
}
