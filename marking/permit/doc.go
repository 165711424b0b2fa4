// Package permit asks the marking system whether marked goods may be sold: the
// permit mode of Честный знак.
package permit
