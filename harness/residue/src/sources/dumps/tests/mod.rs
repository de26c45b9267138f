mod disks;
mod formats;
mod hostile;
mod made;
mod real;
