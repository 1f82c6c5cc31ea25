// SPDX-License-Identifier: MIT
//! Structures have the layout that C gives them.
use core::mem::size_of;
use emlrt_sys::*;

extern "C" {
    static emlrt_sys_sizes: [u32; 6];
}

fn offset<T, F>(of: &T, field: &F) -> usize {
    field as *const F as usize - of as *const T as usize
}

#[test]
fn structures_are_those_of_c() {
    let info = emlrt_info::default();
    let model = emlrt_model::new();
    let found = [
        size_of::<emlrt_model>(),
        size_of::<emlrt_info>(),
        size_of::<emlrt_stream>(),
        offset(&info, &info.stream_bytes),
        offset(&model, &model.fault),
        size_of::<emlrt_status>(),
    ];
    assert_eq!(found.map(|n| n as u32), unsafe { emlrt_sys_sizes });
}
