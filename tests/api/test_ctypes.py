#!/usr/bin/env python3
"""The library through ctypes, as a binding would use it: no table of its own, every number by name.

    test_ctypes.py LIBPITH.SO HEADER MODEL
"""
import ctypes as C
import json
import re
import sys

LIBRARY, HEADER, MODEL = sys.argv[1:4]
pith = C.CDLL(LIBRARY)
pith.pith_key_text.restype = pith.pith_status_name.restype = C.c_char_p
with open(HEADER, encoding="utf-8") as header:
    TEXT = header.read()
NUMBERS = {name: int(number) for name, number in re.findall(r"^#define (PITH_\w+) \(?(-?\d+)\)?", TEXT, re.MULTILINE)}
U64, MEASURE, FOREVER = C.c_uint64, C.c_uint64(-1), C.c_uint64(-1)


def call(function, *arguments):
    status = getattr(pith, function)(*arguments)
    if status != 0:
        why = C.create_string_buffer(512)
        pith.pith_error_copy(why, U64(512), None)
        raise RuntimeError(f"{function}: {pith.pith_status_name(status).decode()}: {why.value.decode()}")


def make(function, *arguments):
    handle = C.c_void_p()
    call(function, *arguments, C.byref(handle))
    return handle


def sized(function, *arguments):
    """A call that fills a buffer: asks for the size, then for the bytes."""
    size = U64()
    getattr(pith, function)(*arguments, None, U64(0), C.byref(size))
    buffer = C.create_string_buffer(size.value)
    call(function, *arguments, buffer, size, C.byref(size))
    return buffer.raw


def view(request, kind, index=0):
    data, size = C.c_void_p(), U64()
    call("pith_request_view", request, NUMBERS[kind], U64(index), C.byref(data), C.byref(size))
    return C.string_at(data, size.value)


def check_keys():
    keys = {name: number for name, number in NUMBERS.items() if name.startswith("PITH_KEY_")}
    listed = set()
    for scope in range(NUMBERS["PITH_SCOPE_HOST"], NUMBERS["PITH_SCOPE_REQUEST"] + 1):
        key, index = C.c_int32(), 0
        while pith.pith_key_at(scope, index, C.byref(key)) == 0:
            listed.add(key.value)
            index += 1
    assert listed == set(keys.values()), listed ^ set(keys.values())
    for name, number in keys.items():
        assert pith.pith_key_text(number, NUMBERS["PITH_TEXT_NAME"]).decode().upper() == name[len("PITH_KEY_") :]
        told = re.search(rf"^#define {name} \d+ +/\* (\w+) +\[(.*?)\]", TEXT, re.MULTILINE)  # the header's own words
        kind, normal = told.group(1), told.group(2).strip('"')
        assert ["i64", "f64", "str", "add_str", "i64s", "pair"].index(kind) + 1 == pith.pith_key_type(number), name
        assert pith.pith_key_text(number, NUMBERS["PITH_TEXT_DEFAULT"]).decode() == normal, name
    for name, number in NUMBERS.items():
        if name.startswith("PITH_E_") or name == "PITH_OK":
            assert pith.pith_status_name(number).decode() == name


def generate(model, settings):
    options = make("pith_options_create", NUMBERS["PITH_SCOPE_REQUEST"])
    call("pith_options_set_json", options, json.dumps(settings).encode(), MEASURE)
    request = make("pith_request_create", None, model, NUMBERS["PITH_GENERATE"], options)
    call("pith_request_add_text", request, b"Once upon a time", MEASURE, 0)
    call("pith_request_submit", request)
    event, text = C.c_int32(), b""
    while event.value != NUMBERS["PITH_EVENT_END"]:
        call("pith_request_next", request, FOREVER, C.byref(event))
        if event.value == NUMBERS["PITH_EVENT_TEXT"]:
            text += view(request, "PITH_VIEW_TEXT")
    assert text == view(request, "PITH_VIEW_ALL_TEXT") and text.decode()
    tokens = len(view(request, "PITH_VIEW_ALL_IDS")) // 4
    pith.pith_request_release(request)
    pith.pith_options_release(options)
    return text, tokens


def main():
    check_keys()
    assert json.loads(sized("pith_build_json"))["version"]
    model = make("pith_model_open_path", MODEL.encode())
    assert json.loads(sized("pith_model_json", model))["tensors"]
    ids, count = (C.c_int32 * 64)(), U64()
    call("pith_tokenize", model, b"Hello world", MEASURE, 0, ids, U64(64), C.byref(count))
    assert sized("pith_detokenize", model, ids, count, 0) == b"Hello world"
    settings = {"max_tokens": 20, "temperature": 0.9, "seed": 3}
    assert generate(model, settings) == generate(model, settings)
    assert generate(model, settings)[1] == 20
    request = make("pith_request_create", None, model, NUMBERS["PITH_EMBED"], None)
    call("pith_request_add_text", request, b"a fox", MEASURE, 0)
    call("pith_request_run", request, None, None)
    vector = C.cast(view(request, "PITH_VIEW_VECTOR"), C.POINTER(C.c_float))
    width = len(view(request, "PITH_VIEW_VECTOR")) // 4
    assert abs(sum(vector[i] ** 2 for i in range(width)) - 1) < 1e-5
    pith.pith_model_release(model)
    pith.pith_request_release(request)
    try:
        make("pith_model_open_path", b"/no/such/model.gguf")
        raise AssertionError("a missing file was opened")
    except RuntimeError as error:
        assert "PITH_E_IO" in str(error) and "/no/such/model.gguf" in str(error), error
    print("ok")


main()
