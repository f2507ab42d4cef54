"""The page behind the link in a verification mail. Opening it uses nothing up: only its button sends the code."""

from __future__ import annotations

import base64
import hashlib

_SCRIPT = """
const said = new URLSearchParams(location.hash.slice(1));
const note = document.querySelector('p');
document.querySelector('button').onclick = async (click) => {
  click.target.disabled = true;
  const answer = await fetch('/auth/verify', {
    method: 'POST', headers: {'content-type': 'application/json'},
    body: JSON.stringify({email: said.get('email') || '', code: said.get('code') || ''}),
  });
  note.textContent = answer.ok ? 'Done. You can sign in now.' : (await answer.json()).title;
  click.target.disabled = answer.ok;
};
"""
_STYLE = """
body{background:#0b0f14;color:#e6edf3;font:16px/1.5 system-ui,sans-serif;display:grid;place-items:center;
min-height:100vh;margin:0}main{max-width:22rem;padding:2rem}h1{font-size:1.5rem;margin:0}
button{background:#3ea6ff;color:#04121f;border:0;border-radius:6px;padding:.75rem 1.25rem;
font:600 1rem system-ui,sans-serif}
button:disabled{opacity:.4}
"""
PAGE = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>RaceOverlay: verify your address</title>
<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>
<main><h1>RaceOverlay</h1><p>Is this your address? Then confirm it.</p><button>Confirm my address</button></main>
<script>{_SCRIPT}</script></html>"""


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


HEADERS = {
    "content-security-policy": f"default-src 'none'; script-src {_hash(_SCRIPT)}; style-src {_hash(_STYLE)};"
    " connect-src 'self'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
