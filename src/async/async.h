/* async.h - asyncio for C: all of it. */
#ifndef TRAWL_ASYNC_ASYNC_H
#define TRAWL_ASYNC_ASYNC_H

#include "async/batch.h"
#include "async/channel.h"
#include "async/event.h"
#include "async/executor.h"
#include "async/future.h"
#include "async/gather.h"
#include "async/group.h"
#include "async/io.h"
#include "async/loop.h"
#include "async/semaphore.h"
#include "async/task.h"
#include "async/wait.h"

#endif
