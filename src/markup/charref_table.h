/* charref_table.h - the table behind charref.h. */
#ifndef TRAWL_MARKUP_CHARREF_TABLE_H
#define TRAWL_MARKUP_CHARREF_TABLE_H

#include <stddef.h>

extern const char charref_table[];
extern const size_t charref_table_size;

#endif
