#include "octet_kernels.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>

// A section of parallel work is a number of chunks. Whoever is free claims the next one, the caller
// included: it never waits for a thread that the system has not scheduled, only for chunks that were
// claimed. The number of the section and of the chunks that are left share one word, so that a thread
// that comes late can't claim a chunk of a section that it knows nothing of.

/// How often a worker looks for another section before it sleeps: about 0.1 ms, longer than the
/// serial work between two sections of a model, shorter than what anybody would notice as load.
enum { SPIN_COUNT = 2000 };

typedef struct worker {
  ok_pool *pool;
  size_t index;
  pthread_t thread;
} worker;

struct ok_pool {
  /// Section number in the upper half, chunks that nobody claimed in the lower.
  _Atomic uint64_t state;
  _Atomic size_t chunk_count;
  _Atomic(ok_pool_task) task;
  _Atomic(void *) context;
  _Atomic size_t finished;
  _Atomic size_t sleepers;
  _Atomic bool stops;
  pthread_mutex_t mutex;
  pthread_cond_t wake;
  size_t worker_count;
  worker workers[];
};

static void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Runs chunks of the section that `state` belongs to until none is left.
static void work(ok_pool *pool, uint64_t state, size_t thread) {
  const uint64_t section = state >> 32;
  // What is read here may already belong to a later section; then nothing is left to claim of this
  // one, and no claim succeeds.
  const size_t count = atomic_load(&pool->chunk_count);
  const ok_pool_task task = atomic_load(&pool->task);
  void *context = atomic_load(&pool->context);
  while (state >> 32 == section && (uint32_t)state > 0) {
    if (!atomic_compare_exchange_weak(&pool->state, &state, state - 1)) continue;
    task(context, count - (uint32_t)state, thread);
    atomic_fetch_add(&pool->finished, 1);
    state = atomic_load(&pool->state);
  }
}

/// Waits until the section is another one than `section`, or the pool ends.
static void await_section(ok_pool *pool, uint64_t section) {
  for (int i = 0; i < SPIN_COUNT; ++i) {
    if (atomic_load(&pool->state) >> 32 != section || atomic_load(&pool->stops)) return;
    relax();
  }
  pthread_mutex_lock(&pool->mutex);
  // Counted before looking again, while the caller looks for sleepers after announcing a section:
  // one of the two sees the other.
  atomic_fetch_add(&pool->sleepers, 1);
  while (atomic_load(&pool->state) >> 32 == section && !atomic_load(&pool->stops)) {
    pthread_cond_wait(&pool->wake, &pool->mutex);
  }
  atomic_fetch_sub(&pool->sleepers, 1);
  pthread_mutex_unlock(&pool->mutex);
}

static void *run_worker(void *argument) {
  worker *self = argument;
  ok_pool *pool = self->pool;
  uint64_t section = 0;
  while (!atomic_load(&pool->stops)) {
    await_section(pool, section);
    const uint64_t state = atomic_load(&pool->state);
    section = state >> 32;
    work(pool, state, self->index);
  }
  return NULL;
}

static void wake_all(ok_pool *pool) {
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->wake);
  pthread_mutex_unlock(&pool->mutex);
}

ok_pool *ok_pool_create(size_t thread_count) {
  const size_t wanted = thread_count > 1 ? thread_count - 1 : 0;
  size_t size;
  if (__builtin_mul_overflow(wanted, sizeof(worker), &size)
      || __builtin_add_overflow(size, sizeof(ok_pool), &size)) {
    return NULL;
  }
  ok_pool *pool = calloc(1, size);
  if (!pool) return NULL;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->wake, NULL);
  for (size_t i = 0; i < wanted; ++i) {
    pool->workers[i] = (worker){.pool = pool, .index = i + 1};
    // With fewer threads than asked for, the others do the work.
    if (pthread_create(&pool->workers[i].thread, NULL, run_worker, &pool->workers[i]) != 0) break;
    pool->worker_count = i + 1;
  }
  return pool;
}

void ok_pool_destroy(ok_pool *pool) {
  atomic_store(&pool->stops, true);
  wake_all(pool);
  for (size_t i = 0; i < pool->worker_count; ++i) pthread_join(pool->workers[i].thread, NULL);
  pthread_cond_destroy(&pool->wake);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

size_t ok_pool_thread_count(const ok_pool *pool) { return pool ? pool->worker_count + 1 : 1; }

void ok_pool_run(ok_pool *pool, size_t chunk_count, ok_pool_task task, void *context) {
  atomic_store(&pool->chunk_count, chunk_count);
  atomic_store(&pool->task, task);
  atomic_store(&pool->context, context);
  atomic_store(&pool->finished, 0);
  const uint64_t section = (atomic_load(&pool->state) >> 32) + 1;
  const uint64_t state = section << 32 | chunk_count;
  atomic_store(&pool->state, state);
  if (atomic_load(&pool->sleepers) > 0) wake_all(pool);
  work(pool, state, 0);
  for (int i = 0; atomic_load(&pool->finished) < chunk_count; ++i) {
    // A worker that lost its core needs one to finish its chunk.
    if (i < SPIN_COUNT) relax();
    else sched_yield();
  }
}
