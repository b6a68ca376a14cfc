"""What the tests of trawl crawl share: sites, running it, and what it found."""

import harness
from harness import same
import servers
from servers import reply


def html(*links, title="", more=""):
    """A page with these links."""
    anchors = "".join(f'<a href="{link}">x</a>\n' for link in links)
    return reply(f"<title>{title}</title>\n{more}\n{anchors}", type="text/html")


def site(pages, **options):
    """A server: paths with queries, to answers, functions of the request, or lists of
    links."""
    def app(request):
        answer = pages.get(request.target, pages.get("*", reply(b"not found\n", 404)))
        if callable(answer):
            answer = answer(request)
        return html(*answer) if isinstance(answer, (list, tuple)) else answer
    return servers.http(app, **options)


def start(*args, **options):
    return harness.Proc("crawl", "--retry", "0", "-q", *args, **options)


def crawl(*args, timeout=None, **options):
    """Without retries and summary."""
    return start(*args, **options).finish(timeout)


def pages(result, *base):
    """The records of pages, by what follows the base in their URLs."""
    found = {}
    for record in result.records:
        if "skipped" not in record and "broken" not in record:
            url = record["url"]
            for b in base:
                url = url.removeprefix(getattr(b, "url", b))
            same(found.get(url), None, f"an earlier record of {url}")
            found[url] = record
    return found


def paths(result, *base):
    return sorted(pages(result, *base))


def skipped(result, *base):
    """Reasons of URLs that were not asked for."""
    found = {}
    for record in result.records:
        if "skipped" in record:
            url = record["url"]
            for b in base:
                url = url.removeprefix(getattr(b, "url", b))
            same(found.get(url), None, f"an earlier line for {url}")
            found[url] = record["skipped"]
    return found


def asked(server):
    """What pages it was asked for: each once, robots.txt aside."""
    hits = [t for t in server.hits if t != "/robots.txt"]
    same(sorted(set(hits)), sorted(hits), "requests")
    return sorted(hits)
