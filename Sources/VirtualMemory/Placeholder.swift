// The first file of this target comes with the slice that needs it.
