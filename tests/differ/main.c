/* Runs programs by number and prints what they saw:
 *
 *   differ SUBJECT LENGTH root|user size                   how many blocks, and programs in each
 *   differ SUBJECT LENGTH root|user blocks FIRST LAST JOBS  a hash for each block
 *   differ SUBJECT LENGTH root|user each BLOCK [FIRST]      a hash for each program of a block,
 * after the blocks from FIRST on (default none) differ SUBJECT LENGTH root|user show BLOCK PROGRAM
 * one program in words differ SUBJECT LENGTH root|user words BLOCK            all of a block in
 * words
 */
/* SPDX-License-Identifier: MIT */
#include "differ.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SHARE_OUTPUT = 1 };

static const struct subject *subject;
static int length;
static bool as_user;

static uint64_t run_block(long block, bool each)
{
    uint64_t all = 0;
    for (long i = 0, n = subject->block_size(length); i < n; i++) {
        tell_start();
        subject->run(length, block, i);
        all = (all ^ tell_hash()) * 0x9e3779b97f4a7c15u;
        all ^= all >> 31;
        if (each)
            printf("%ld %016lx\n", i, tell_hash());
    }
    return all;
}

/* One of several processes that share the blocks among them. */
static void run_blocks(long first, long last, int worker, int workers)
{
    subject->start(length, as_user, worker);
    for (long block = first + worker; block < last; block += workers) {
        char line[64];
        int n = snprintf(line, sizeof(line), "%ld %016lx\n", block, run_block(block, false));
        if (write(SHARE_OUTPUT, line, (size_t)n) != n)
            _exit(3);
    }
}

static int share_blocks(long first, long last, int workers)
{
    int status, worst = 0;
    for (int i = 0; i < workers; i++)
        if (fork() == 0) {
            run_blocks(first, last, i, workers);
            _exit(0);
        }
    while (wait(&status) > 0)
        worst |= status;
    return worst ? 3 : 0;
}

static int usage(void)
{
    fprintf(stderr, "usage: differ files|jobs|images LENGTH root|user "
                    "size|blocks FIRST LAST JOBS|each BLOCK|show BLOCK PROGRAM|words BLOCK\n");
    return 2;
}

static void print_size(void)
{
    subject->start(length, as_user, 0);
    printf("%ld %ld\n", subject->n_blocks(length), subject->block_size(length));
}

int main(int argc, char **argv)
{
    if (argc < 5)
        return usage();
    subject = argv[1][0] == 'f' ? &files : argv[1][0] == 'j' ? &jobs : &images;
    length = atoi(argv[2]);
    as_user = strcmp(argv[3], "user") == 0;
    const char *what = argv[4];
    long a = argc > 5 ? atol(argv[5]) : 0, b = argc > 6 ? atol(argv[6]) : 0;
    if (strcmp(what, "size") == 0) {
        print_size();
    } else if (strcmp(what, "blocks") == 0) {
        return share_blocks(a, b, argc > 7 ? atoi(argv[7]) : 1);
    } else if (strcmp(what, "each") == 0) {
        subject->start(length, as_user, 0);
        for (long block = argc > 6 ? b : a; block < a; block++)
            run_block(block, false);
        run_block(a, true);
    } else if (strcmp(what, "words") == 0) {
        subject->start(length, as_user, 0);
        showing = true;
        for (long i = 0; i < subject->block_size(length); i++) {
            printf("@%ld\n", i);
            subject->run(length, a, i);
        }
    } else if (strcmp(what, "show") == 0) {
        subject->start(length, as_user, 0);
        showing = true;
        tell_start();
        subject->run(length, a, b);
    } else {
        return usage();
    }
    return 0;
}
