// Package flk reads, checks, writes, sums up and acts on FLK protocols: the files
// with which one tax authority tells another what format and logic control found
// in a file of statements (section 6.6, "Формат представления файла протокола
// ФЛК", ТСФЛК version 2.0).
package flk
