/* os.environ, os.getenv, os.putenv, os.unsetenv: one object, seen at once by all who look.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <os.h>

extern char **environ;

static const char *in_environ(const char *name)
{
    size_t n = strlen(name);
    for (char **entry = environ; *entry; entry++)
        if (strncmp(*entry, name, n) == 0 && (*entry)[n] == '=')
            return *entry + n + 1;
    return NULL;
}

static size_t count(void)
{
    size_t n = 0;
    while (environ[n])
        n++;
    return n;
}

/* Whether /proc/self/environ holds the string `entry` whole. */
static bool in_proc(const char *entry)
{
    static char text[65536];
    FILE *file = fopen("/proc/self/environ", "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[n] = 0;
    for (char *at = text; at < text + n; at += strlen(at) + 1)
        if (strcmp(at, entry) == 0)
            return true;
    return false;
}

/* Pages of memory in use, by /proc/self/statm. */
static long pages(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &size, &resident) != 2)
        resident = -1;
    if (file)
        fclose(file);
    return resident;
}

static void check_names(void)
{
    CHECK(os.environ == environ);
    CHECK(os.getenv("OUROS_NONE", NULL) == NULL);
    CHECK_STR(os.getenv("OUROS_NONE", "default"), "default");
    CHECK_OK(os.putenv("OUROS_A", "1"));
    CHECK_STR(os.getenv("OUROS_A", NULL), "1");
    CHECK_STR(in_environ("OUROS_A"), "1");
    CHECK_STR(getenv("OUROS_A"), "1");
    CHECK_OK(os.putenv("OUROS_A", "a longer value than before"));
    CHECK_STR(os.getenv("OUROS_A", NULL), "a longer value than before");
    CHECK_OK(os.putenv("OUROS_A", ""));
    CHECK_STR(os.getenv("OUROS_A", "default"), "");
    CHECK_OK(os.putenv("OUROS_AB", "not the same"));
    CHECK_STR(os.getenv("OUROS_A", "default"), "");
    CHECK_OK(os.putenv("OUROS_E", "a=b=c"));
    CHECK_STR(os.getenv("OUROS_E", NULL), "a=b=c");
    CHECK_ERR(os.putenv("", "x"), EINVAL);
    CHECK_ERR(os.putenv("A=B", "x"), EINVAL);
    CHECK_OK(os.unsetenv("OUROS_A"));
    CHECK(os.getenv("OUROS_A", NULL) == NULL);
    CHECK_STR(os.getenv("OUROS_AB", NULL), "not the same");
    CHECK_OK(os.unsetenv("OUROS_A"));

    char key[] = "OUROS_COPY", value[] = "mine";
    CHECK_OK(os.putenv(key, value)); /* both are copied */
    key[0] = value[0] = 'X';
    CHECK_STR(os.getenv("OUROS_COPY", NULL), "mine");
}

static void check_many(void)
{
    char name[32], value[32];
    size_t before = count();
    int wrong = 0;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "OUROS_MANY_%d", i);
        snprintf(value, sizeof value, "value %d", i * 7);
        wrong += os.putenv(name, value) < 0;
    }
    CHECK_EQ(count(), before + 1000);
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "OUROS_MANY_%d", i);
        snprintf(value, sizeof value, "value %d", i * 7);
        wrong += strcmp(os.getenv(name, ""), value) != 0;
        wrong += i % 2 && os.unsetenv(name) < 0;
    }
    CHECK_EQ(count(), before + 500);
    CHECK_EQ(wrong, 0);
    CHECK_STR(os.getenv("OUROS_MANY_998", NULL), "value 6986");
    CHECK(os.getenv("OUROS_MANY_999", NULL) == NULL);
    for (int i = 0; i < 1000; i += 2) {
        snprintf(name, sizeof name, "OUROS_MANY_%d", i);
        wrong += os.unsetenv(name) < 0;
    }
    CHECK_EQ(wrong, 0);
    CHECK_EQ(count(), before);
}

/* Setting one key 100,000 times does not grow memory. */
static void check_no_growth(void)
{
    char value[64];
    long before = 0;
    for (int i = 0; i < 100000; i++) {
        snprintf(value, sizeof value, "%0*d", 1 + i % 50, i);
        os.putenv("OUROS_GROW", value);
        if (i == 1000)
            before = pages();
    }
    CHECK(before > 0 && pages() <= before + 4);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return strcmp(os.getenv("OUROS_CHILD", ""), argv[1]) != 0;
    check_names();
    check_many();
    check_no_growth();

    /* A child sees it, and so does a program that it becomes. */
    CHECK_OK(os.putenv("OUROS_CHILD", "hello child"));
    CHECK_CHILD("sees putenv", {
        char *const args[] = {"environ", "hello child", NULL};
        CHILD_REQUIRE(strcmp(os.getenv("OUROS_CHILD", ""), "hello child") == 0);
        os.execv("/proc/self/exe", args);
        CHILD_REQUIRE(!"execv");
    });
    CHECK(in_proc("OUROS_CHILD=hello child")); /* live: on Linux this file goes stale */
    CHECK_OK(os.unsetenv("OUROS_CHILD"));
    CHECK(!in_proc("OUROS_CHILD=hello child"));
    return check_done();
}
