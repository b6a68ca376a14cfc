/* A future completed by hand.
 *
 * A future is a result that is not there yet. Here no task computes it: somebody
 * promises it, another awaits it, and it comes when it comes. So libraries that call
 * back (libcurl, say) are made to look like functions that wait.
 *
 * In asyncio: loop.create_future(), future.set_result(dish), await future
 *
 * Prints:
 *     customer: I am waiting
 *     kitchen: cooking
 *     kitchen: the soup is ready
 *     customer: thanks for the soup */
#include <stdio.h>

#include "async/async.h"

static async int customer(void *arg)
{
    struct future *dish = arg;
    int r;

    printf("customer: I am waiting\n");
    if ((r = future_await(dish)) < 0)
        return r;
    printf("customer: thanks for the %s\n", (const char *)future_value(dish));
    return 0;
}

/* A callback: it may not await, but it may complete what others await. */
static void serve(void *arg)
{
    static char soup[] = "soup";

    printf("kitchen: the %s is ready\n", soup);
    future_set_result(arg, soup);
}

static async int restaurant(void *arg)
{
    struct future dish;
    struct timer cooking;
    struct task *guest;
    int r;

    (void)arg;
    future_init(&dish, "dish");
    guest = task_create(customer, &dish);
    task_yield(); /* let the guest sit down */
    printf("kitchen: cooking\n");
    timer_init(&cooking, serve, &dish);
    loop_call_later(loop_current(), &cooking, 0.1);
    r = task_await(guest);
    task_unref(guest);
    future_clear(&dish);
    return r;
}

int main(void)
{
    return loop_run(restaurant, NULL);
}
