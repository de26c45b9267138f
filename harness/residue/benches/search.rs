//! Speed of the search. Filled in below.

fn main() {}
