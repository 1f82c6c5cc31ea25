// SPDX-License-Identifier: MIT
//! The model @NAME@.
use crate::{Aligned, OpList};

/// The blob, as `emlrt_open` takes it.
pub static BLOB: Aligned<[u8; @BYTES@]> = Aligned(*include_bytes!("../models/@NAME@.eml"));
/// The ops that it wants.
pub static OPS: OpList<@LENGTH@> = OpList([
@LISTED@
    core::ptr::null(),
]);
@NUMBERS@
