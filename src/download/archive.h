/* archive.h - the list of what has been downloaded, for several runs at once
 * (--archive).
 *
 * A text file with one line for each file that is done: its URL. Lines are only ever
 * added, whole, under a lock. While a file is being downloaded its URL is claimed by
 * another lock, an open file description's on the byte whose number is the URL's hash,
 * which ends with the process however that ends: two runs never fetch the same file at
 * the same time. A file that takes the place of this one, as editors do it, or is cut,
 * is read anew. The functions read and write a local file: short, but they block. */
#ifndef TRAWL_DOWNLOAD_ARCHIVE_H
#define TRAWL_DOWNLOAD_ARCHIVE_H

struct archive;

enum archive_claim { ARCHIVE_YOURS, ARCHIVE_DONE, ARCHIVE_BUSY };

/* Opens or makes the file and reads it. NULL with a message logged: not to be opened, a
 * folder, binary (a NUL byte: it is some other file, and stays as it is). A last line
 * without its end, which a kill cut short, counts for nothing; the next line added
 * begins behind an end, and " # cut short" in front of that: half a URL may be another
 * one. */
struct archive *archive_open(const char *path);
void archive_close(struct archive *a); /* NULL is allowed; all claims end */

/* Reads what others have added, then: DONE, the URL is in the list; BUSY, another
 * process has it, ask again later; YOURS, until archive_add or archive_release. Or
 * -errno (it was logged). `url` is taken without user name, password and fragment. The
 * same URL twice in one run: the second is BUSY while the first is claimed. */
int archive_claim(struct archive *a, const char *url);

/* It is done: adds the line, unless it is there, then gives the claim up, also after a
 * failure. 0 or -errno (logged); -EAGAIN: another process, perhaps a stopped one, has
 * kept the list locked for ten seconds. */
int archive_add(struct archive *a, const char *url);

/* It failed: gives the claim up. */
void archive_release(struct archive *a, const char *url);

#endif
