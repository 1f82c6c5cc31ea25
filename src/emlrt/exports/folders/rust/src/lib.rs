// SPDX-License-Identifier: MIT
//! Bindings of emlrt @VERSION@: trained models as flat files that are read in place.
//!
//! Names, arguments and results are those of the C headers `emlrt/emlrt.h` and
//! `emlrt/stream.h`, which describe them. Each model has a module here.
#![no_std]
#![allow(non_camel_case_types)]
#![allow(non_upper_case_globals)]

use core::ffi::c_void;

/// C's `int`, which core has from Rust 1.64 on.
#[cfg(target_pointer_width = "16")]
pub type c_int = i16;
#[cfg(not(target_pointer_width = "16"))]
pub type c_int = i32;

pub type emlrt_status = c_int;
@STATUSES@

/// An op: how to check and run one kind of stage.
#[repr(C)]
pub struct emlrt_op {
    _private: [u8; 0],
}
unsafe impl Sync for emlrt_op {}

/// An open model; treat the fields as private, but for `fault`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct emlrt_model {
    blob: *const c_void,
    ops: *const *const emlrt_op,
    opened: u32,
    pub fault: u32,
}

impl emlrt_model {
    /// A model that is not open.
    pub const fn new() -> Self {
        Self {
            blob: core::ptr::null(),
            ops: core::ptr::null(),
            opened: 0,
            fault: 0,
        }
    }
}

/// What a blob says of itself.
#[repr(C)]
#[derive(Clone, Copy, Default, Debug)]
pub struct emlrt_info {
    pub total_size: u32,
    pub n_inputs: u32,
    pub n_scores: u32,
    pub n_outputs: u32,
    pub arena_bytes: u32,
    pub scratch_bytes: u32,
    pub golden_bytes: u32,
    pub n_classes: u32,
    pub work: u32,
    pub input_dtype: u16,
    pub score_dtype: u16,
    pub output: u16,
    pub version: u16,
    pub state_bytes: u32,
    pub stream_bytes: u32,
}

/// An open stream; treat the fields as private.
#[repr(C)]
pub struct emlrt_stream {
    model: emlrt_model,
    x: *mut u8,
    state: *mut u8,
    scratch: *mut u8,
    filled: usize,
    skip: u32,
    hop: u32,
    ready: u32,
}

impl emlrt_stream {
    /// A stream that is not open.
    pub const fn new() -> Self {
        Self {
            model: emlrt_model::new(),
            x: core::ptr::null_mut(),
            state: core::ptr::null_mut(),
            scratch: core::ptr::null_mut(),
            filled: 0,
            skip: 0,
            hop: 0,
            ready: 0,
        }
    }
}

extern "C" {
    pub fn emlrt_peek(info: *mut emlrt_info, blob: *const c_void, size: u32) -> emlrt_status;
    pub fn emlrt_open(
        model: *mut emlrt_model,
        blob: *const c_void,
        size: u32,
        ops: *const *const emlrt_op,
    ) -> emlrt_status;
    pub fn emlrt_verify(model: *const emlrt_model) -> emlrt_status;
    pub fn emlrt_selftest(
        model: *const emlrt_model,
        scratch: *mut c_void,
        scratch_size: usize,
    ) -> emlrt_status;
    /// `emlrt_run` for any dtype: 0 for that of the model.
    pub fn emlrt_run_as(
        model: *const emlrt_model,
        dtype: u32,
        x: *const c_void,
        nx: usize,
        y: *mut c_void,
        ny: usize,
        scratch: *mut c_void,
        scratch_size: usize,
    ) -> emlrt_status;
    pub fn emlrt_classify_as(
        model: *const emlrt_model,
        dtype: u32,
        x: *const c_void,
        nx: usize,
        classes: *mut u32,
        n: usize,
        scratch: *mut c_void,
        scratch_size: usize,
    ) -> emlrt_status;
    pub fn emlrt_proba_as(
        model: *const emlrt_model,
        dtype: u32,
        x: *const c_void,
        nx: usize,
        p: *mut f32,
        np: usize,
        scratch: *mut c_void,
        scratch_size: usize,
    ) -> emlrt_status;
    pub fn emlrt_label(
        model: *const emlrt_model,
        output: u32,
        index: u32,
        text: *mut u8,
        size: usize,
    ) -> emlrt_status;
    pub fn emlrt_strerror(status: emlrt_status) -> *const u8;
    pub fn emlrt_version() -> *const u8;

    pub fn emlrt_stream_open(
        stream: *mut emlrt_stream,
        blob: *const c_void,
        size: u32,
        ops: *const *const emlrt_op,
        hop: u32,
        memory: *mut c_void,
        memory_size: usize,
    ) -> emlrt_status;
    pub fn emlrt_stream_reset(stream: *mut emlrt_stream) -> emlrt_status;
    pub fn emlrt_stream_push_as(
        stream: *mut emlrt_stream,
        dtype: u32,
        samples: *const c_void,
        n: usize,
        used: *mut usize,
    ) -> emlrt_status;
    pub fn emlrt_stream_ready(stream: *const emlrt_stream) -> c_int;
    pub fn emlrt_stream_scores(stream: *const emlrt_stream) -> *const c_void;
    pub fn emlrt_stream_classify(
        stream: *const emlrt_stream,
        classes: *mut u32,
        n: usize,
    ) -> emlrt_status;
    pub fn emlrt_stream_proba(
        stream: *const emlrt_stream,
        p: *mut f32,
        np: usize,
    ) -> emlrt_status;

    /// Every op, ended by null: links the code of all.
    pub static emlrt_all_ops: [*const emlrt_op; 1];
@OPS@
}

/// Ops, ended by null, as `emlrt_open` takes them.
#[repr(transparent)]
pub struct OpList<const N: usize>(pub [*const emlrt_op; N]);
unsafe impl<const N: usize> Sync for OpList<N> {}

impl<const N: usize> OpList<N> {
    pub const fn as_ptr(&self) -> *const *const emlrt_op {
        self.0.as_ptr()
    }
}

/// Bytes or numbers at a multiple of 16.
#[repr(C, align(16))]
pub struct Aligned<T>(pub T);

@MODELS@
