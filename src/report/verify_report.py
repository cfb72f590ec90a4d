#!/usr/bin/env python3
"""Checks a Masker compliance report without Masker: python3 verify_report.py REPORT [PUBLIC_KEY_BASE64]

Needs Python 3.8 or later and nothing else. REPORT is the JSON or the PDF form. With PUBLIC_KEY_BASE64 (got from the hospital
on another way than the report) it also shows who signed it. Exit code 0: as it was signed; 1: not.
Ed25519 as in RFC 8032, section 6; canonical JSON as in RFC 8785 (a report's numbers are whole).
"""
import base64
import hashlib
import json
import re
import sys
import zlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if x2 == 0:
        return None if sign else 0
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P != 0:
        x = x * I % P
    if (x * x - x2) % P != 0:
        return None
    return P - x if (x & 1) != sign else x


def add(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    x, y, z, t = f - e, h - g, h + g, f + e
    return (x * y % P, z * t % P, y * z % P, x * t % P)


def multiply(s, point):
    result = (0, 1, 1, 0)
    while s > 0:
        if s & 1:
            result = add(result, point)
        point = add(point, point)
        s >>= 1
    return result


def equal(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decompress(raw):
    y = int.from_bytes(raw, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recover_x(BASE_Y, 0), BASE_Y, 1, recover_x(BASE_Y, 0) * BASE_Y % P)


def signed_by(public_key, message, signature):
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = decompress(public_key), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % Q
    return equal(multiply(s, BASE), add(r, multiply(h, a)))


def canonical(value):
    """RFC 8785: keys by UTF-16 code units, no blanks, the shortest escapes."""
    if isinstance(value, dict):
        items = sorted(value.items(), key=lambda item: item[0].encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(canonical(key) + ":" + canonical(item) for key, item in items) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def no_duplicates(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a field stands twice")
    return dict(pairs)


def attachment(pdf):
    """The attached report.json: the stream object of type EmbeddedFile."""
    for match in re.finditer(rb"<<(?:[^<>]|<<[^<>]*>>)*/Type\s*/EmbeddedFile(?:[^<>]|<<[^<>]*>>)*>>\s*stream\r?\n", pdf):
        end = pdf.index(b"endstream", match.end())
        data = pdf[match.end() : end]
        return zlib.decompress(data) if b"/FlateDecode" in match.group(0) else data.rstrip(b"\r\n")
    raise ValueError("no report is attached to this PDF")


def seal(pdf):
    """Key id, signature and sealed bytes of the comment at the end."""
    at = pdf.rfind(b"\n%MaskerSeal ")
    match = re.fullmatch(rb"\n%MaskerSeal ([0-9a-f]{16}) ([A-Za-z0-9+/=]+)\n", pdf[at:]) if at >= 0 else None
    if match is None:
        raise ValueError("the PDF has no seal at its end")
    return base64.b64decode(match.group(2), validate=True), pdf[:at]


def check(data, trusted):
    is_pdf = data.startswith(b"%PDF-")
    report = json.loads((attachment(data) if is_pdf else data).decode("utf-8"), object_pairs_hook=no_duplicates)
    signature = report.pop("signature")
    key = base64.b64decode(signature["public_key"], validate=True)
    if trusted is not None and key != trusted:
        raise ValueError("signed by another installation")
    if hashlib.sha256(key).hexdigest()[:16] != signature["key_id"]:
        raise ValueError("the key is not the one that the report names")
    if not signed_by(key, canonical(report).encode("utf-8"), base64.b64decode(signature["sig"], validate=True)):
        raise ValueError("the signature does not fit: the report was changed")
    if is_pdf:
        sealed, body = seal(data)
        message = b"masker-report-pdf:" + hashlib.sha256(body).hexdigest().encode()
        if not signed_by(key, message, sealed):
            raise ValueError("the attached JSON is genuine, but the pages were changed")
    return report["id"], signature["key_id"]


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__)
        return 1
    trusted = base64.b64decode(sys.argv[2], validate=True) if len(sys.argv) == 3 else None
    try:
        with open(sys.argv[1], "rb") as file:
            report_id, key_id = check(file.read(), trusted)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error) as problem:
        print(f"NOT GENUINE: {problem}")
        return 1
    print(f"OK: {report_id} is as it was signed with key {key_id}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
