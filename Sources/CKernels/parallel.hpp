// The parallel-for shim over libomp. No OpenMP pragmas: those need a compiler flag that SwiftPM
// grants only to root packages.
#pragma once
#include <atomic>
#include <cstddef>

extern "C" {
void GOMP_parallel(void (*body)(void *), void *data, unsigned thread_count, unsigned flags);
int omp_get_max_threads(void);
int omp_get_thread_num(void);
void omp_set_num_threads(int);
}

namespace ck {

/// Runs body(begin, end) over disjoint ranges that cover [0, n), at most `grain` long when more
/// than one thread takes part. Ranges are handed out dynamically: other work on the machine slows
/// one thread, not the loop.
template <class Body>
void parallel_for(size_t n, size_t grain, const Body &body) {
    if (n == 0) return;
    const size_t blocks = (n + grain - 1) / grain;
    const size_t threads = static_cast<size_t>(omp_get_max_threads());
    if (blocks == 1 || threads <= 1) {
        body(size_t(0), n);
        return;
    }
    struct Region {
        const Body &body;
        size_t n, grain;
        std::atomic<size_t> next;
        static void run(void *data) {
            auto &region = *static_cast<Region *>(data);
            for (;;) {
                const size_t begin = region.next.fetch_add(region.grain, std::memory_order_relaxed);
                if (begin >= region.n) return;
                const size_t rest = region.n - begin;
                region.body(begin, begin + (rest < region.grain ? rest : region.grain));
            }
        }
    } region{body, n, grain, {0}};
    GOMP_parallel(Region::run, &region, unsigned(threads < blocks ? threads : blocks), 0);
}

/// A parallel sum: body(partial, begin, end) adds a range to a thread's own partial sum (which
/// starts as Sum()), and total.merge(partial) joins them. Exact sums only: the order is free.
template <class Sum, class Body>
Sum parallel_sum(size_t n, size_t grain, const Body &body) {
    Sum total{};
    std::atomic_flag busy = ATOMIC_FLAG_INIT;
    parallel_for(n, grain, [&](size_t begin, size_t end) {
        Sum partial{};
        body(partial, begin, end);
        while (busy.test_and_set(std::memory_order_acquire)) {}
        total.merge(partial);
        busy.clear(std::memory_order_release);
    });
    return total;
}

/// Runs body(slot, task) for every task below `tasks` on up to `threads` threads, each with a slot
/// of its own below `threads`: for work that needs memory a thread.
template <class Body>
void parallel_tasks(int threads, size_t tasks, const Body &body) {
    struct Region {
        const Body &body;
        int threads;
        size_t tasks;
        std::atomic<int> slot;
        std::atomic<size_t> next;
        static void run(void *data) {
            auto &region = *static_cast<Region *>(data);
            const int slot = region.slot.fetch_add(1, std::memory_order_relaxed);
            if (slot >= region.threads) return;
            for (;;) {
                const size_t task = region.next.fetch_add(1, std::memory_order_relaxed);
                if (task >= region.tasks) return;
                region.body(slot, task);
            }
        }
    } region{body, threads, tasks, {0}, {0}};
    if (threads <= 1 || tasks <= 1)
        Region::run(&region);
    else
        GOMP_parallel(Region::run, &region, unsigned(threads), 0);
}

}  // namespace ck
