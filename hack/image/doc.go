// Command image packs folders into the archive of a container image, as the final
// stage of a Dockerfile says.
//
// In: a Dockerfile, and for each of its build stages a folder that stands for the
// stage's filesystem. Out: an archive that docker load and containerd take, the
// same bytes for the same input.
//
// It never runs anything, pulls anything or guesses: an instruction of the final
// stage that it does not know is an error, so that what it packs is what a build
// with Docker would have made.
package main
