"""The child process that turns one HTML page into a PDF: no database, no settings, no network.

Run as a script: HTML and CSS come as JSON on stdin, the PDF goes to stdout. It imports nothing of the
product. Exit code 3 says that the PDF maker is not installed whole (Pango is missing).
"""

from __future__ import annotations

import json
import sys

NOT_INSTALLED = 3


def main() -> int:
    """Read one job, write one PDF, return the exit code."""
    job = json.loads(sys.stdin.buffer.read())
    try:
        from weasyprint import CSS, HTML  # noqa: PLC0415 - its absence is an answer, not a crash
        from weasyprint.urls import URLFetcher  # noqa: PLC0415
    except (ImportError, OSError):
        return NOT_INSTALLED

    # Only what the page itself carries is opened: no file, no network.
    fetcher = URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    page = HTML(string=job["html"], base_url=None, url_fetcher=fetcher)
    made = page.write_pdf(stylesheets=[CSS(string=job["css"], url_fetcher=fetcher)], pdf_variant="pdf/ua-1")
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
