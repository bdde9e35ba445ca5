"""The functions and hooks of pith.h as ctypes knows them. Written by generate.py."""
import ctypes as C
from typing import Any, Dict, Tuple

pith_alloc_fn = C.CFUNCTYPE(C.c_void_p, C.c_void_p, C.c_void_p, C.c_uint64, C.c_uint64, C.c_uint64)
pith_log_fn = C.CFUNCTYPE(None, C.c_void_p, C.c_int32, C.c_void_p, C.c_uint64)
pith_task_fn = C.CFUNCTYPE(None, C.c_void_p, C.c_uint32)
pith_executor_fn = C.CFUNCTYPE(None, C.c_void_p, pith_task_fn, C.c_void_p, C.c_uint32)
pith_progress_fn = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_double)
pith_read_fn = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_void_p, C.c_uint64, C.c_uint64)
pith_event_fn = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_void_p, C.c_int32)

#: Of each function: what it returns, and what it takes.
SIGNATURES: Dict[str, Tuple[Any, Tuple[Any, ...]]] = {
    "pith_version": (C.c_uint32, ()),
    "pith_build_json": (C.c_int32, (C.c_void_p, C.c_uint64, C.POINTER(C.c_uint64))),
    "pith_status_name": (C.c_char_p, (C.c_int32,)),
    "pith_error_copy": (C.c_int32, (C.c_void_p, C.c_uint64, C.POINTER(C.c_uint64))),
    "pith_options_create": (C.c_int32, (C.c_int32, C.POINTER(C.c_void_p))),
    "pith_options_clone": (C.c_int32, (C.c_void_p, C.POINTER(C.c_void_p))),
    "pith_options_release": (None, (C.c_void_p,)),
    "pith_options_set_i64": (C.c_int32, (C.c_void_p, C.c_int32, C.c_int64)),
    "pith_options_set_f64": (C.c_int32, (C.c_void_p, C.c_int32, C.c_double)),
    "pith_options_set_str": (C.c_int32, (C.c_void_p, C.c_int32, C.c_char_p, C.c_uint64)),
    "pith_options_add_str": (C.c_int32, (C.c_void_p, C.c_int32, C.c_char_p, C.c_uint64)),
    "pith_options_set_i64s": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_int64), C.c_uint64)),
    "pith_options_add_pair": (C.c_int32, (C.c_void_p, C.c_int32, C.c_int64, C.c_double)),
    "pith_options_clear": (C.c_int32, (C.c_void_p, C.c_int32)),
    "pith_options_set_json": (C.c_int32, (C.c_void_p, C.c_char_p, C.c_uint64)),
    "pith_options_get_json": (C.c_int32, (C.c_void_p, C.c_void_p, C.c_uint64, C.POINTER(C.c_uint64))),
    "pith_key_find": (C.c_int32, (C.c_int32, C.c_char_p, C.c_uint64, C.POINTER(C.c_int32))),
    "pith_key_at": (C.c_int32, (C.c_int32, C.c_uint32, C.POINTER(C.c_int32))),
    "pith_key_type": (C.c_int32, (C.c_int32,)),
    "pith_key_range": (C.c_int32, (C.c_int32, C.POINTER(C.c_double), C.POINTER(C.c_double), C.POINTER(C.c_double))),
    "pith_key_text": (C.c_char_p, (C.c_int32, C.c_int32)),
    "pith_options_set_allocator": (C.c_int32, (C.c_void_p, pith_alloc_fn, C.c_void_p)),
    "pith_options_set_log": (C.c_int32, (C.c_void_p, pith_log_fn, C.c_void_p)),
    "pith_options_set_executor": (C.c_int32, (C.c_void_p, pith_executor_fn, C.c_void_p)),
    "pith_options_set_progress": (C.c_int32, (C.c_void_p, pith_progress_fn, C.c_void_p)),
    "pith_host_create": (C.c_int32, (C.c_void_p, C.POINTER(C.c_void_p))),
    "pith_host_release": (None, (C.c_void_p,)),
    "pith_host_get_i64": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_int64))),
    "pith_source_from_path": (C.c_int32, (C.c_void_p, C.c_char_p, C.c_uint64, C.POINTER(C.c_void_p))),
    "pith_source_from_fd": (C.c_int32, (C.c_void_p, C.c_int32, C.c_uint64, C.c_uint64, C.POINTER(C.c_void_p))),
    "pith_source_from_memory": (C.c_int32, (C.c_void_p, C.c_void_p, C.c_uint64, C.POINTER(C.c_void_p))),
    "pith_source_from_reader": (C.c_int32, (C.c_void_p, pith_read_fn, C.c_void_p, C.c_uint64, C.POINTER(C.c_void_p))),
    "pith_source_add_part": (C.c_int32, (C.c_void_p, C.c_void_p)),
    "pith_source_release": (None, (C.c_void_p,)),
    "pith_plan_create": (C.c_int32, (C.c_void_p, C.c_void_p, C.c_void_p, C.c_void_p, C.POINTER(C.c_void_p))),
    "pith_plan_release": (None, (C.c_void_p,)),
    "pith_plan_get_i64": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_int64))),
    "pith_model_open_path": (C.c_int32, (C.c_char_p, C.POINTER(C.c_void_p))),
    "pith_model_open": (C.c_int32, (C.c_void_p, C.c_void_p, C.c_void_p, C.POINTER(C.c_void_p))),
    "pith_model_release": (None, (C.c_void_p,)),
    "pith_model_get_i64": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_int64))),
    "pith_model_get_str": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_void_p), C.POINTER(C.c_uint64))),
    "pith_model_json": (C.c_int32, (C.c_void_p, C.c_void_p, C.c_uint64, C.POINTER(C.c_uint64))),
    "pith_tokenize": (
        C.c_int32,
        (C.c_void_p, C.c_char_p, C.c_uint64, C.c_uint32, C.POINTER(C.c_int32), C.c_uint64, C.POINTER(C.c_uint64)),
    ),
    "pith_tokenize_spans": (
        C.c_int32,
        (C.c_void_p, C.POINTER(C.c_char_p), C.POINTER(C.c_uint64), C.POINTER(C.c_uint32), C.c_uint64, C.c_uint32,
         C.POINTER(C.c_int32), C.POINTER(C.c_uint64), C.c_uint64, C.POINTER(C.c_uint64)),
    ),
    "pith_detokenize": (
        C.c_int32,
        (C.c_void_p, C.POINTER(C.c_int32), C.c_uint64, C.c_uint32, C.c_void_p, C.c_uint64, C.POINTER(C.c_uint64)),
    ),
    "pith_decoder_create": (C.c_int32, (C.c_void_p, C.c_uint32, C.POINTER(C.c_void_p))),
    "pith_decoder_feed": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_void_p), C.POINTER(C.c_uint64))),
    "pith_decoder_release": (None, (C.c_void_p,)),
    "pith_engine_create": (C.c_int32, (C.c_void_p, C.c_void_p, C.POINTER(C.c_void_p))),
    "pith_engine_release": (None, (C.c_void_p,)),
    "pith_engine_get_i64": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_int64))),
    "pith_request_create": (C.c_int32, (C.c_void_p, C.c_void_p, C.c_int32, C.c_void_p, C.POINTER(C.c_void_p))),
    "pith_request_add_text": (C.c_int32, (C.c_void_p, C.c_char_p, C.c_uint64, C.c_uint32)),
    "pith_request_add_tokens": (C.c_int32, (C.c_void_p, C.POINTER(C.c_int32), C.c_uint64)),
    "pith_request_next_input": (C.c_int32, (C.c_void_p,)),
    "pith_request_submit": (C.c_int32, (C.c_void_p,)),
    "pith_request_next": (C.c_int32, (C.c_void_p, C.c_uint64, C.POINTER(C.c_int32))),
    "pith_request_run": (C.c_int32, (C.c_void_p, pith_event_fn, C.c_void_p)),
    "pith_request_wait": (C.c_int32, (C.c_void_p, C.c_uint64)),
    "pith_request_cancel": (C.c_int32, (C.c_void_p,)),
    "pith_request_release": (None, (C.c_void_p,)),
    "pith_request_get_i64": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_int64))),
    "pith_request_get_f64": (C.c_int32, (C.c_void_p, C.c_int32, C.POINTER(C.c_double))),
    "pith_request_view": (C.c_int32, (C.c_void_p, C.c_int32, C.c_uint64, C.POINTER(C.c_void_p), C.POINTER(C.c_uint64))),
    "pith_request_error_copy": (C.c_int32, (C.c_void_p, C.c_void_p, C.c_uint64, C.POINTER(C.c_uint64))),
}
