// Package soak is about what must hold whatever happens: the real conductor on the real store, with a clock of its own, a seeded
// programme of work and faults between any two writes, against a far side that keeps a plain record of its own.
//
// One number, the seed, decides everything: what people do, when, which process does it, where it dies and what the channel says. A
// failure prints the seed and the command that repeats it. `make soak` runs thousands.
package soak
