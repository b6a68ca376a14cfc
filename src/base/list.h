/* list.h - intrusive doubly linked list.
 *
 * A head and its members are the same struct. A node that is in no list points
 * to itself, so removing it twice is harmless and `list_empty` tells whether it
 * is linked. Nothing here allocates; the caller owns the nodes. */
#ifndef TRAWL_BASE_LIST_H
#define TRAWL_BASE_LIST_H

#include <stdbool.h>

struct list {
    struct list *next, *prev;
};

/* A head or a node that is in no list. */
static inline void list_init(struct list *l)
{
    l->next = l->prev = l;
}

/* For a head: holds nothing. For a node: is in no list. */
static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

/* Links a node, which must be in no list, after the last of `head`. */
static inline void list_append(struct list *head, struct list *node)
{
    node->prev = head->prev;
    node->next = head;
    head->prev->next = node;
    head->prev = node;
}

/* Links a node, which must be in no list, before the first of `head`. */
static inline void list_prepend(struct list *head, struct list *node)
{
    list_append(head->next, node);
}

/* Takes a node out of its list, if it is in one. */
static inline void list_remove(struct list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    list_init(node);
}

/* Takes out and returns the first node, or NULL. */
static inline struct list *list_shift(struct list *head)
{
    struct list *node = head->next;

    if (node == head)
        return 0;
    list_remove(node);
    return node;
}

/* Moves all of `from` behind the last of `to`. */
static inline void list_splice(struct list *to, struct list *from)
{
    if (list_empty(from))
        return;
    from->next->prev = to->prev;
    to->prev->next = from->next;
    from->prev->next = to;
    to->prev = from->prev;
    list_init(from);
}

/* `node` is a `struct list *`; the body must not remove it (use the safe one). */
#define list_for_each(node, head)                                                      \
    for (struct list *node = (head)->next; node != (head); node = node->next)
#define list_for_each_safe(node, head)                                                 \
    for (struct list *node = (head)->next, *node##_next = node->next; node != (head);  \
         node = node##_next, node##_next = node->next)

#endif
