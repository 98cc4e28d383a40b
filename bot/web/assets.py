"""Static files: addresses that change with their content, kept by browsers for a year, small."""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

_TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml", ".js": "text/javascript"}
_FOR_EVER = "public, max-age=31536000, immutable"


_COMMENTS = {
    ".css": re.compile(rb"/\*.*?\*/|^[ \t]+", re.DOTALL | re.MULTILINE),
    ".js": re.compile(rb"^[ \t]*//[^\n]*\n", re.MULTILINE),
}


def bared(body: bytes, suffix: str) -> bytes:
    """A style sheet or a script of ours without its comments."""
    found = _COMMENTS.get(suffix)
    return body if found is None else found.sub(b"", body)


@dataclass(frozen=True, slots=True)
class _Asset:
    body: bytes
    packed: bytes | None
    media_type: str


class Assets:
    """The files of a folder under `/static/<name>/<hash>/…`; `url(path)` gives the address.

    `bare`: styles and scripts leave without comments and indents, which are for who writes them.
    """

    def __init__(self, name: str, folder: Path, *, bare: bool = False) -> None:
        self._bare = bare
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        self._paths = {path.relative_to(folder).as_posix(): path for path in files}
        digest = hashlib.sha256()
        for relative, path in self._paths.items():
            digest.update(relative.encode() + b"\0" + path.read_bytes())
        self._base = f"/static/{name}/{digest.hexdigest()[:12]}"
        self._read: dict[str, _Asset] = {}

    def url(self, path: str) -> str:
        """The address of a file; `KeyError` for one that is not there."""
        if path not in self._paths:
            raise KeyError(f"There is no static file {path}.")
        return f"{self._base}/{path}"

    def has(self, path: str) -> bool:
        return path in self._paths

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(self._base + "/{path:.+}", self._serve)

    async def _serve(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        if path not in self._paths:
            raise web.HTTPNotFound
        asset = self._asset(path)
        headers = {
            "Cache-Control": _FOR_EVER,
            "Content-Type": asset.media_type,
            "Vary": "Accept-Encoding",
        }
        body = asset.body
        if asset.packed is not None and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers["Content-Encoding"] = "gzip"
            body = asset.packed
        return web.Response(body=body, headers=headers)

    def _asset(self, path: str) -> _Asset:
        if path not in self._read:
            file = self._paths[path]
            body = file.read_bytes()
            if self._bare:
                body = bared(body, file.suffix)
            guessed = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            media_type = _TYPES.get(file.suffix, guessed)
            if media_type.startswith("text/") or media_type.endswith("+xml"):
                media_type += "; charset=utf-8"
            packed = gzip.compress(body, 9) if file.suffix != ".woff2" else None
            if packed is not None and len(packed) >= len(body):
                packed = None
            self._read[path] = _Asset(body, packed, media_type)
        return self._read[path]
