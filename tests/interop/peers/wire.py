"""What peers in Python tell their parent, as tests/interop/support/remote.js says."""

import base64
import json
import re
import sys


def tell(**message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def encode(data):
    if isinstance(data, str):
        return {"text": data}
    return {"base64": base64.b64encode(data).decode()}


def decode(text, encoded):
    return text if text is not None else base64.b64decode(encoded)


def snake_case(name):
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)
