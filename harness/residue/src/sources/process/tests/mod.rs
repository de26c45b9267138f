mod changes;
mod child;
mod maps;
mod own;
mod snapshot;
