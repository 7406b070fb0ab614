/* Locks that spin; each taken in the order of ranks, which is checked always. */
#include "local.h"

void spin_init(struct spinlock *lock, const char *name, enum lock_rank rank)
{
    *lock = SPINLOCK(name, rank);
}

/* The ranks held are bits: locks may be released in any order, each rank is held at most once. A
 * table, because a shift by a variable is dear under emulation. */
#define BITS_4(n)  1ull << (n), 2ull << (n), 4ull << (n), 8ull << (n)
#define BITS_16(n) BITS_4(n), BITS_4((n) + 4), BITS_4((n) + 8), BITS_4((n) + 12)
static const uint64_t rank_bit[64] = {BITS_16(0), BITS_16(16), BITS_16(32), BITS_16(48)};

static _Noreturn void order_broken(const struct spinlock *lock, unsigned rank,
                                   const struct cpu *cpu)
{
    panic("lock %s (rank %u) wanted with rank %u held%s", lock->name, rank,
          63 - __builtin_clzll(cpu->spin_ranks),
          lock->taken == cpu->lock_mark ? ": by this processor" : "");
}

static inline bool try_take(struct spinlock *lock, uint32_t mark)
{
    uint32_t free = 0;
    return __atomic_compare_exchange_n(&lock->taken, &free, mark, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

/* A function of its own, so that taking a free lock saves no registers. */
static __attribute__((noinline)) void wait_and_take(struct spinlock *lock, uint16_t rank)
{
    struct cpu *cpu = this_cpu();
    do {
        while (__atomic_load_n(&lock->taken, __ATOMIC_RELAXED))
            cpu_pause();
    } while (!try_take(lock, cpu->lock_mark));
    cpu->spin_ranks |= rank_bit[rank];
    lock->held = rank;
}

static inline void lock_as(struct spinlock *lock, uint16_t rank)
{
    struct cpu *cpu = this_cpu();
    uint64_t ranks = cpu->spin_ranks, bit = rank_bit[rank];
    if (unlikely(ranks >= bit))
        order_broken(lock, rank, cpu);
    if (unlikely(!try_take(lock, cpu->lock_mark))) {
        wait_and_take(lock, rank);
        return;
    }
    cpu->spin_ranks = ranks | bit;
    lock->held = rank;
}

void spin_lock(struct spinlock *lock)
{
    lock_as(lock, lock->rank);
}

void spin_lock_as(struct spinlock *lock, enum lock_rank rank)
{
    lock_as(lock, (uint16_t)rank);
}

void spin_unlock(struct spinlock *lock)
{
    struct cpu *cpu = this_cpu();
    if (unlikely(lock->taken != cpu->lock_mark))
        panic("lock %s released by a processor that does not hold it", lock->name);
    cpu->spin_ranks ^= rank_bit[lock->held];
    __atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}
