/* Say hello, wait, say world.
 *
 * A task reads from top to bottom. Where it awaits, here in task_sleep, other tasks
 * would run meanwhile.
 *
 * In asyncio: async def, await asyncio.sleep(0.1), asyncio.run(say_hello())
 *
 * Prints:
 *     hello
 *     world        (a tenth of a second later) */
#include <stdio.h>

#include "async/async.h"

static async int say_hello(void *arg)
{
    (void)arg;
    printf("hello\n");
    task_sleep(0.1);
    printf("world\n");
    return 0;
}

int main(void)
{
    return loop_run(say_hello, NULL);
}
