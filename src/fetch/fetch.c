#include "fetch/fetch.h"

static const struct run_scenario fetch = {
    .name = "fetch",
};

int fetch_run(const struct run_options *o)
{
    struct run run = {0};

    return run_main(&run, &fetch, o);
}
