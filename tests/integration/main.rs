//! The one integration binary: everything through the public library or the program itself.

mod layers;
