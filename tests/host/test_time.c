/* The choice among measurements of the clock's rate, when a busy host delays some or all of them.
 */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include "lib.h"
#include "tap.h"

enum { TRUE_RATE = 2000000, ROUNDS = 60 };

static bool agree(const uint64_t *rounds, size_t n, uint64_t wanted)
{
    size_t best = n;
    bool agreed = rounds_agree(rounds, n, &best);
    ok(best < n && rounds[best] == wanted, "of %zu rounds the smallest is taken", n);
    return agreed;
}

/* Goes on until the rounds agree, as at boot. The error of the result in thousandths. */
static uint64_t calibrate(unsigned delayed_percent)
{
    uint64_t rounds[ROUNDS];
    size_t n = 0, best = 0;
    for (bool agreed = false; n < ROUNDS && !agreed; n++) {
        bool delayed = (unsigned)rand() % 100 < delayed_percent;
        rounds[n] = TRUE_RATE + (uint64_t)rand() % 2000 +
                    (delayed ? TRUE_RATE / 20 + (uint64_t)rand() % (5 * TRUE_RATE) : 0);
        agreed = rounds_agree(rounds, n + 1, &best);
    }
    return (rounds[best] - TRUE_RATE) * 1000 / TRUE_RATE;
}

/* Three may be delayed by the same time by chance: that is rarer than one in a thousand. */
static void test_busy(unsigned delayed_percent)
{
    unsigned n_wrong = 0;
    for (int i = 0; i < 10000; i++)
        n_wrong += calibrate(delayed_percent) > 10;
    ok(n_wrong < 10, "%u %% of the rounds delayed: %u of 10,000 clocks wrong by more than 1 %%",
       delayed_percent, n_wrong);
}

int main(void)
{
    static const uint64_t three_delayed[] = {6000000, 6500000, 7100000};
    static const uint64_t recovered[] = {6000000, 6500000, 7100000, 2000000, 2001000, 2019000};
    static const uint64_t two[] = {2000000, 2000001};
    static const uint64_t near[] = {2000000, 2020000, 2020001, 2020000};
    ok(!agree(three_delayed, 3, 6000000), "three that were delayed do not agree");
    ok(!agree(recovered, 4, 2000000), "nor do they with one that was not");
    ok(!agree(recovered, 5, 2000000), "nor two");
    ok(agree(recovered, 6, 2000000), "three that were not agree");
    ok(!agree(two, 2, 2000000), "two are too few");
    ok(!agree(near, 3, 2000000), "more than one percent is too much");
    ok(agree(near, 4, 2000000), "one percent is not");
    srand(1);
    test_busy(0);
    test_busy(50);
    test_busy(80);
    return tap_done();
}
