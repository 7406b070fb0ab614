/* Spinlocks: how they work, and the long paths; the short ones are inlined from x86/lock.h.
 *
 * A spinlock protects data that several processors use, for a time so short that a processor which
 * finds the lock taken simply tries again. The lock is a word: 0 if it is free, otherwise the mark
 * of the processor that holds it. Taking it is one atomic compare-and-exchange, releasing it one
 * store. The pair orders memory: what was written under the lock is seen by the next holder. There
 * is no queue, so the lock is not fair; critical sections are short enough for that.
 *
 * Interrupts are off in the kernel. So no interrupt handler on the same processor can want a lock
 * that the code which it interrupted holds, and a holder is never switched out.
 *
 * Three things can still go wrong. Two processors could each hold a lock and want the other's.
 * Therefore each lock has a rank, and locks are taken in ascending order of ranks. This is checked
 * at each lock, in every build: the ranks that a processor holds are the bits of a word, in which
 * the greatest rank is the top bit. A lock may be taken if that word is less than the bit of its
 * rank, which is one comparison. It has a bit for each rank, and not the greatest rank alone,
 * because locks may be released in any order.
 *
 * A processor that spins could keep the holder of the lock waiting, if that has asked it to flush
 * its TLB. Therefore the loop serves such requests (cpu_pause).
 *
 * A thread that sleeps with a spinlock held would leave it taken. Therefore the scheduler checks,
 * before a thread sleeps, that the word of ranks is 0. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

#define LOCK_RANK_NAME(rank, name) [RANK_##rank] = (name),
const char *const lock_rank_names[N_LOCK_RANKS] = {LOCK_RANKS(LOCK_RANK_NAME)};

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
