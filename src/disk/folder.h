/* folder.h - the directory that files are put into, and the way to its subfolders.
 *
 * It is opened once; what happens to its name afterwards changes nothing. Below it no
 * symbolic link is followed. The functions block: they are for the executor. */
#ifndef TRAWL_DISK_FOLDER_H
#define TRAWL_DISK_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* Opens a directory, making it and those above it, durably, when they are missing. The
 * descriptor, or -errno. A symbolic link to a directory is followed: the user named it.
 */
int folder_open(const char *path);

/* Opens the folder that `name` ("a/b/c.txt": the folder a/b) lies in, below `root`, and
 * gives where its last part begins in *base. With `make` missing ones are made, but not
 * durably: see part_sync_way. The descriptor, to be closed with folder_close; or
 * -errno: -ELOOP for a symbolic link on the way, -ENOTDIR, -ENOENT. `name` has gone
 * through name.h: no part of it is empty, "." or "..". */
int folder_of(int root, const char *name, bool make, const char **base);
void folder_close(int root, int fd); /* nothing when fd is root itself */

#endif
