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

static void own(struct cpu *cpu, struct spinlock *lock, uint16_t rank)
{
    cpu->spin_ranks |= rank_bit[rank];
    cpu->spin_depth++;
    lock->held = rank;
    lock->owner = cpu;
}

static void give_rank(struct cpu *cpu, struct spinlock *lock)
{
    cpu->spin_ranks &= ~rank_bit[lock->held];
    cpu->spin_depth--;
    lock->owner = NULL;
}

static _Noreturn void order_broken(const struct spinlock *lock, unsigned rank,
                                   const struct cpu *cpu)
{
    panic("lock %s (rank %u) wanted with rank %u held%s", lock->name, rank,
          63 - __builtin_clzll(cpu->spin_ranks), lock->owner == cpu ? ": by this processor" : "");
}

static bool try_take(struct spinlock *lock)
{
    return __atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE) == 0;
}

/* A function of its own, so that taking a free lock saves no registers. */
static __attribute__((noinline)) void wait_and_take(struct spinlock *lock, uint16_t rank)
{
    do {
        while (__atomic_load_n(&lock->taken, __ATOMIC_RELAXED))
            cpu_pause();
    } while (!try_take(lock));
    own(this_cpu(), lock, rank);
}

static inline void lock_as(struct spinlock *lock, uint16_t rank)
{
    struct cpu *cpu = this_cpu();
    if (unlikely(cpu->spin_ranks >= rank_bit[rank]))
        order_broken(lock, rank, cpu);
    if (likely(try_take(lock)))
        own(cpu, lock, rank);
    else
        wait_and_take(lock, rank);
}

void spin_lock(struct spinlock *lock)
{
    lock_as(lock, lock->rank);
}

void spin_lock_as(struct spinlock *lock, enum lock_rank rank)
{
    lock_as(lock, (uint16_t)rank);
}

bool spin_trylock(struct spinlock *lock)
{
    if (!try_take(lock))
        return false;
    own(this_cpu(), lock, lock->rank);
    return true;
}

void spin_unlock(struct spinlock *lock)
{
    struct cpu *cpu = this_cpu();
    if (unlikely(lock->owner != cpu))
        panic("lock %s released by a processor that does not hold it", lock->name);
    give_rank(cpu, lock);
    __atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
}

bool spin_held(const struct spinlock *lock)
{
    return lock->owner == this_cpu();
}
