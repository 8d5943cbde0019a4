/* One ward by hand: the rules of docs/model.md, section 6, as far as one ward needs them.

   People are referred in order and wait first come, first served; a place that is given up is given again in the same
   instant. An event loop like the compiled engine's, but all it knows is this ward: the waiting list is a counter, and
   the only queue a binary heap of the days on which people leave. What has not happened by `end_day` is NaN. */

#include <math.h>
#include <stdlib.h>

static void push(double *heap, long n, double day)
{
    while (n > 0 && heap[(n - 1) / 2] > day) {
        heap[n] = heap[(n - 1) / 2];
        n = (n - 1) / 2;
    }
    heap[n] = day;
}

/* Takes the earliest day off a heap of n. */
static void pop(double *heap, long n)
{
    double last = heap[n - 1];
    long hole = 0, child;
    while ((child = 2 * hole + 1) < n - 1) {
        if (child + 1 < n - 1 && heap[child + 1] < heap[child])
            child++;
        if (heap[child] >= last)
            break;
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = last;
}

int one_ward(long n_people, const double *referred_day, const double *needed_days, long places, double end_day,
             double *admitted_day, double *left_day)
{
    long n_referred = 0, n_admitted = 0, n_held = 0;
    double *leaving = malloc((size_t)places * sizeof *leaving);
    if (leaving == NULL)
        return 1;
    for (;;) {
        double now = INFINITY;
        if (n_referred < n_people)
            now = referred_day[n_referred];
        if (n_held > 0 && leaving[0] < now)
            now = leaving[0];
        if (now >= end_day)
            break;
        while (n_held > 0 && leaving[0] <= now)
            pop(leaving, n_held--);
        while (n_referred < n_people && referred_day[n_referred] <= now)
            n_referred++;
        while (n_held < places && n_admitted < n_referred) {
            double day = now + needed_days[n_admitted];
            admitted_day[n_admitted] = now;
            left_day[n_admitted++] = day < end_day ? day : NAN;
            push(leaving, n_held++, day);
        }
    }
    while (n_admitted < n_people) {
        admitted_day[n_admitted] = NAN;
        left_day[n_admitted++] = NAN;
    }
    free(leaving);
    return 0;
}
