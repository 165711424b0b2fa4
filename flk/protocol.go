package flk

import (
	"log/slog"
	"strings"

	"github.com/obmen-go/obmen/flk/internal/fault"
)

// Protocol is a whole file in memory. For files of any size use Reader and Writer.
type Protocol struct {
	Header
	// Documents are the groups of table 6.6.2.1, one at least.
	Documents []*Document
}

// Header is the service part (6.6.1) and what belongs to the file as a whole.
type Header struct {
	// File is table 6.6.1.1.
	File File
	// Sender is table 6.6.1.2.
	Sender Sender
	// Layout is the layout that was read; Encode writes the same one. The zero
	// value stands for LayoutElements.
	Layout Layout
	// Encoding is the encoding that was read. Encode does not use it: it writes
	// UTF-8 unless told otherwise.
	Encoding Encoding
	// Unknown holds leaves outside all groups.
	Unknown []Unknown

	notes []note
	late  bool // documents came before the service part
}

// Pos is a place in the XML text: lines and columns count from 1, columns in
// characters. The zero value means that the value was not read from XML.
type Pos struct {
	Line, Col int32 // from 1
}

// Unknown is a leaf, an attribute or a tree of them that the format does not
// have. It is kept, so that writing what was read loses nothing.
type Unknown struct {
	Name     string    // local name; "" is text that stands outside a leaf
	Attr     bool      // an attribute, not an element
	Value    string    // its text
	Children []Unknown // attributes and elements inside an element
	In       string    // the known container or leaf that carries it; "" is the group itself
	Pos      Pos       // where the value stands
}

// File is table 6.6.1.1, Сведения о файле протокола ФЛК.
type File struct {
	// ID is file_id, О T(20): Идентификатор файла.
	ID FileID
	// InfoType is info_type, О T(1-20): Тип информации.
	InfoType string
	// Version is version, О T(1-5): Версия формата файла.
	Version string
	// Unknown holds leaves that the table does not have.
	Unknown []Unknown

	mark  mark
	marks [3]mark
}

// Sender is table 6.6.1.2, Сведения об отправителе файла протокола ФЛК: an
// official of the authority that sends the protocol. It is personal data: fmt and
// slog print it masked.
type Sender struct {
	// Surname is surname, О T(1-60): Фамилия отправителя.
	Surname string
	// Name is name, О T(1-60): Имя отправителя.
	Name string
	// Patronymic is patronymic, Н T(0-60): Отчество отправителя.
	Patronymic string
	// Phone is phone, О T(1-20): Телефон отправителя.
	Phone string
	// Email is email, Н T(0-45): E-mail отправителя.
	Email string
	// Unknown holds leaves that the table does not have.
	Unknown []Unknown

	mark  mark
	marks [5]mark
}

// Document is table 6.6.2.1, Сведения о документе, with what belongs to it.
type Document struct {
	// ID is id_document, О T(36): Идентификатор документа.
	ID string
	// Source is table 6.6.2.2.
	Source SourceFile
	// Errors are the groups of table 6.6.2.3.
	Errors []ErrorEntry
	// Unknown holds leaves that the table does not have.
	Unknown []Unknown

	mark  mark
	marks [1]mark
	notes []note
}

// SourceFile is table 6.6.2.2, Сведения об исходном файле. The source speaks of
// "структурные элементы информации" where 03 says "документы": both are taken as
// the same unit (decision).
type SourceFile struct {
	// FileID is file_id, О T(20): Идентификатор исходного файла.
	FileID FileID
	// Received is recieve_date, О D: Дата приема файла.
	Received Date
	// InfoType is info_type, Н T(0-20): Тип информации по исходному файлу.
	InfoType string
	// Result is processing_result, О T(2): Признак результата обработки файла.
	Result Result
	// All is docs_count_all, О N(1-7): Количество структурных элементов информации принятых к обработке.
	All Count
	// OK is docs_count_ok, О N(1-7): Количество структурных элементов информации, в которых не выявлены ошибки.
	OK Count
	// ErrorCode is error_code, Н T(0-10): Код ошибки обобщенный.
	ErrorCode string
	// ErrorText is error_text, Н T(0-255): Текст ошибки обобщенный.
	ErrorText string
	// FileName is file_name, О T(1-20): Наименование файла.
	FileName string
	// Unknown holds leaves that the table does not have.
	Unknown []Unknown

	mark  mark
	marks [9]mark
}

// ErrorEntry is table 6.6.2.3, Сведения по выявленным ошибкам.
type ErrorEntry struct {
	// Mean is error_mean, Н T(0-1000): Ошибочное значение показателя.
	Mean string
	// Code is error_code, О T(1-10): Код ошибки.
	Code string
	// Text is error_text, О T(1-255): Текст сообщения об ошибке.
	Text string
	// LastSucceededID is last_succeeded_id, Н T(0-33): Последний успешный документ.
	LastSucceededID string
	// Position is error_position, Н T(0-255): Местоположение ошибочного элемента в XML файле.
	Position string
	// Unknown holds leaves that the table does not have.
	Unknown []Unknown

	mark  mark
	marks [5]mark
}

// mark is where a value stood and what was odd about it there.
type mark struct {
	Pos
	trimmed bool // white space around the value was dropped
	alias   bool // read under an old spelling
}

// group is one filled table, as codec and validator see it.
type group interface {
	leaf(i int) *string // in the order of the table
	markOf(i int) *mark // i < 0: of the group itself
	extra() *[]Unknown
	kind() Group
}

var (
	_ group = (*File)(nil)
	_ group = (*Sender)(nil)
	_ group = (*Document)(nil)
	_ group = (*SourceFile)(nil)
	_ group = (*ErrorEntry)(nil)
)

func (f *File) leaf(i int) *string {
	switch i {
	case 0:
		return (*string)(&f.ID)
	case 1:
		return &f.InfoType
	}
	return &f.Version
}

func (s *Sender) leaf(i int) *string {
	switch i {
	case 0:
		return &s.Surname
	case 1:
		return &s.Name
	case 2:
		return &s.Patronymic
	case 3:
		return &s.Phone
	}
	return &s.Email
}

func (d *Document) leaf(int) *string { return &d.ID }

func (s *SourceFile) leaf(i int) *string {
	switch i {
	case 0:
		return (*string)(&s.FileID)
	case 1:
		return (*string)(&s.Received)
	case 2:
		return &s.InfoType
	case 3:
		return (*string)(&s.Result)
	case 4:
		return (*string)(&s.All)
	case 5:
		return (*string)(&s.OK)
	case 6:
		return &s.ErrorCode
	case 7:
		return &s.ErrorText
	}
	return &s.FileName
}

func (e *ErrorEntry) leaf(i int) *string {
	switch i {
	case 0:
		return &e.Mean
	case 1:
		return &e.Code
	case 2:
		return &e.Text
	case 3:
		return &e.LastSucceededID
	}
	return &e.Position
}

func pick(own *mark, marks []mark, i int) *mark {
	if i < 0 {
		return own
	}
	return &marks[i]
}

func (f *File) markOf(i int) *mark       { return pick(&f.mark, f.marks[:], i) }
func (s *Sender) markOf(i int) *mark     { return pick(&s.mark, s.marks[:], i) }
func (d *Document) markOf(i int) *mark   { return pick(&d.mark, d.marks[:], i) }
func (s *SourceFile) markOf(i int) *mark { return pick(&s.mark, s.marks[:], i) }
func (e *ErrorEntry) markOf(i int) *mark { return pick(&e.mark, e.marks[:], i) }

func (f *File) extra() *[]Unknown       { return &f.Unknown }
func (s *Sender) extra() *[]Unknown     { return &s.Unknown }
func (d *Document) extra() *[]Unknown   { return &d.Unknown }
func (s *SourceFile) extra() *[]Unknown { return &s.Unknown }
func (e *ErrorEntry) extra() *[]Unknown { return &e.Unknown }

func (*File) kind() Group       { return GroupFile }
func (*Sender) kind() Group     { return GroupSender }
func (*Document) kind() Group   { return GroupDocument }
func (*SourceFile) kind() Group { return GroupSource }
func (*ErrorEntry) kind() Group { return GroupError }

// Pos says where the value of a leaf stood, by its code; with "" where the group
// stood. It is zero for what was not read from XML.
func (f *File) Pos(code string) Pos { return posOf(f, code) }

// Pos says where the value of a leaf stood, as File.Pos does.
func (s *Sender) Pos(code string) Pos { return posOf(s, code) }

// Pos says where the value of a leaf stood, as File.Pos does.
func (d *Document) Pos(code string) Pos { return posOf(d, code) }

// Pos says where the value of a leaf stood, as File.Pos does.
func (s *SourceFile) Pos(code string) Pos { return posOf(s, code) }

// Pos says where the value of a leaf stood, as File.Pos does.
func (e *ErrorEntry) Pos(code string) Pos { return posOf(e, code) }

func posOf(g group, code string) Pos {
	if code == "" {
		return g.markOf(-1).Pos
	}
	if l, ok := leafNames[g.kind()][code]; ok {
		return g.markOf(l.index).Pos
	}
	return Pos{}
}

// String names the sender without personal data.
func (s Sender) String() string {
	var b strings.Builder
	b.WriteString("{")
	for i, f := range groupFields(GroupSender) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(f.Code + ":" + fault.Mask(*s.leaf(i)))
	}
	b.WriteString("}")
	return b.String()
}

// GoString is String: %#v prints no personal data either.
func (s Sender) GoString() string { return "flk.Sender" + s.String() }

// LogValue is what slog prints: masked.
func (s Sender) LogValue() slog.Value { return slog.StringValue(s.String()) }
