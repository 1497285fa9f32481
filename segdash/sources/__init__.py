"""Where tables come from: files, open files, frames. Cells as they stand, nothing interpreted."""
