// SPDX-License-Identifier: MIT
//! The model @NAME@ takes a window of silence, and has the scores of Python, bit for bit.
use emlrt_sys::@NAME@::{BLOB, OPS, STREAM};
use emlrt_sys::*;

const SILENCE: [@KIND@; @SAMPLES@] = [0 as @KIND@; @SAMPLES@];
const EXPECTED: [u32; @N_SCORES@] = @BITS@;

#[test]
fn scores_are_those_of_python() {
    let mut stream = emlrt_stream::new();
    let mut memory = Aligned([0u8; STREAM]);
    let blob = BLOB.0.as_ptr().cast();
    let room = memory.0.as_mut_ptr().cast();
    let size = BLOB.0.len() as u32;
    unsafe {
        let opened = emlrt_stream_open(&mut stream, blob, size, OPS.as_ptr(), 0, room, STREAM);
        assert_eq!(opened, EMLRT_OK);
        let mut at = 0;
        while at < SILENCE.len() {
            let mut used = 0;
            let rest = &SILENCE[at..];
            let next = rest.as_ptr().cast();
            let status = emlrt_stream_push_as(&mut stream, 0, next, rest.len(), &mut used);
            assert_eq!(status, EMLRT_OK);
            at += used;
        }
        assert_ne!(emlrt_stream_ready(&stream), 0);
        let scores = emlrt_stream_scores(&stream).cast::<u32>();
        assert_eq!(core::slice::from_raw_parts(scores, EXPECTED.len()), EXPECTED);
    }
}
