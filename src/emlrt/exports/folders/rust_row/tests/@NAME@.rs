// SPDX-License-Identifier: MIT
//! The model @NAME@ runs on one row, and has the scores of Python, bit for bit.
use emlrt_sys::@NAME@::{ARENA, BLOB, INPUTS, OPS, SCORES};
use emlrt_sys::*;

const ROW: [@KIND@; INPUTS] = @ROW@;
const EXPECTED: [u32; SCORES] = @BITS@;

#[test]
fn scores_are_those_of_python() {
    let mut model = emlrt_model::new();
    let mut scores = [0u32; SCORES];
    let mut scratch = Aligned([0u8; ARENA]);
    let blob = BLOB.0.as_ptr().cast();
    let memory = scratch.0.as_mut_ptr().cast();
    unsafe {
        let opened = emlrt_open(&mut model, blob, BLOB.0.len() as u32, OPS.as_ptr());
        assert_eq!(opened, EMLRT_OK);
        assert_eq!(emlrt_verify(&model), EMLRT_OK);
        let row = ROW.as_ptr().cast();
        let to = scores.as_mut_ptr().cast();
        let status = emlrt_run_as(&model, 0, row, INPUTS, to, SCORES, memory, ARENA);
        assert_eq!(status, EMLRT_OK);
    }
    assert_eq!(scores, EXPECTED);
}
