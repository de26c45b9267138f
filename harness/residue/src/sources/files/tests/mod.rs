mod changing;
mod tree;
