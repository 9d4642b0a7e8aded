"""Scores pictures and files of Commons: `classify.py PICTURE… 'File:Title'…`.

Standard library alone. LOOKOUT_API names the service, LOOKOUT_TOKEN a token if it wants one.
"""

import json
import os
import sys
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

API = os.environ.get("LOOKOUT_API", "http://127.0.0.1:8080")
TIMEOUT_S = 90


def classify(what: str) -> dict[str, Any]:
    """Return what the service says of a picture on this machine, or of a title on the wiki.

    Raises:
        urllib.error.HTTPError: it was refused; its body is a problem document (RFC 9457).
    """
    if what.startswith("File:"):
        body, kind = json.dumps({"title": what}).encode(), "application/json"
    else:
        body, kind = form(Path(what))
    headers = {"Content-Type": kind}
    if token := os.environ.get("LOOKOUT_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(f"{API}/v1/classify", body, headers)
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
        found: dict[str, Any] = json.load(answer)["results"][0]
        return found


def form(picture: Path) -> tuple[bytes, str]:
    """Return a picture as a form with one file, and the form's media type."""
    boundary = uuid.uuid4().hex
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="picture"\r\n\r\n'
    )
    body = head.encode() + picture.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def main() -> int:
    """Print one line for each argument; return 1 if one could not be scored."""
    failed = 0
    for what in sys.argv[1:]:
        try:
            found = classify(what)
            print(f"{found['label']} {found['confidence']:.2f}  {what}")
        except urllib.error.HTTPError as error:
            print(f"failed: {json.load(error)['detail']}  {what}")
            failed = 1
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
