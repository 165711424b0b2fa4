// Package serial opens serial ports for package ecr.
package serial
