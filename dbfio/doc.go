// Package dbfio reads and writes dBASE tables (.dbf) exactly.
package dbfio
