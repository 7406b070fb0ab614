/* Locks that spin: what does not happen at each lock and unlock; that is in x86.h. Each is taken in
 * the order of ranks, which is checked always. */
#include "local.h"

/* The ranks held are bits: locks may be released in any order, each rank is held at most once. */
#define BITS_4(n)  1ull << (n), 2ull << (n), 4ull << (n), 8ull << (n)
#define BITS_16(n) BITS_4(n), BITS_4((n) + 4), BITS_4((n) + 8), BITS_4((n) + 12)
const uint64_t spin_rank_bit[64] = {BITS_16(0), BITS_16(16), BITS_16(32), BITS_16(48)};

void spin_wait(struct spinlock *lock, unsigned rank)
{
    struct cpu *cpu = this_cpu();
    if (cpu->spin_ranks >= spin_rank_bit[rank])
        panic("lock %s (rank %u) wanted with rank %u held%s", lock->name, rank,
              63 - __builtin_clzll(cpu->spin_ranks),
              lock->taken == cpu->lock_mark ? ": by this processor" : "");
    do {
        while (__atomic_load_n(&lock->taken, __ATOMIC_RELAXED))
            cpu_pause();
    } while (!spin_try(lock, cpu->lock_mark));
}

void spin_not_held(const struct spinlock *lock)
{
    panic("lock %s released by a processor that does not hold it", lock->name);
}
