// Package customs decides how a message to the Russian customs service is sent.
package customs
