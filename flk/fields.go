package flk

import (
	"fmt"
	"slices"
)

// Group is a table of the source: a set of leaves that stand together.
type Group uint8

// The groups, in the order of the source.
const (
	GroupFile     Group = iota + 1 // 6.6.1.1 Сведения о файле протокола ФЛК
	GroupSender                    // 6.6.1.2 Сведения об отправителе файла протокола ФЛК
	GroupDocument                  // 6.6.2.1 Сведения о документе
	GroupSource                    // 6.6.2.2 Сведения об исходном файле
	GroupError                     // 6.6.2.3 Сведения по выявленным ошибкам
	groupCount
)

var groupNames = [groupCount][2]string{
	GroupFile:     {"6.6.1.1", "Сведения о файле протокола ФЛК"},
	GroupSender:   {"6.6.1.2", "Сведения об отправителе файла протокола ФЛК"},
	GroupDocument: {"6.6.2.1", "Сведения о документе"},
	GroupSource:   {"6.6.2.2", "Сведения об исходном файле"},
	GroupError:    {"6.6.2.3", "Сведения по выявленным ошибкам"},
}

// Table returns the number of the source's table, such as "6.6.2.1"; "" if unknown.
func (g Group) Table() string {
	if g >= groupCount {
		return ""
	}
	return groupNames[g][0]
}

// String returns the source's name of the table in Russian.
func (g Group) String() string {
	if g >= groupCount {
		return fmt.Sprintf("Group(%d)", uint8(g))
	}
	return groupNames[g][1]
}

// Kind is the source's format of a value.
type Kind uint8

// The kinds of values.
const (
	KindText   Kind = iota + 1 // T: characters, counted as code points
	KindNumber                 // N: digits alone
	KindDate                   // D: a date
)

// Field is one line of the source's tables. The codec, the validator, the XSD
// and the comments of the types are all driven by this table.
type Field struct {
	Rule     string   // "F1" to "F23"
	Group    Group    // the table it stands in
	Code     string   // the source's attribute code
	Name     string   // the source's Russian name
	Required bool     // О (true) or Н
	Kind     Kind     // T, N or D
	Min, Max int      // length in characters; T(n) has both equal
	Values   []string // the only values allowed, none: any
	Aliases  []string // spellings read but never written

	check check
}

// check is what a value must be beyond its format.
type check uint8

const (
	checkNothing check = iota
	checkFileID
	checkNotBlank
	checkPhone
	checkEmail
	checkGUID
	checkFileName
	checkLastID
	checkExact // blanks belong to the value
)

// baseFields is the table of format ТСФЛК 2.0, in the order of the source.
var baseFields = []Field{
	{Rule: "F1", Group: GroupFile, Code: "file_id", Name: "Идентификатор файла", Required: true, Kind: KindText, Min: 20, Max: 20, check: checkFileID},
	{Rule: "F2", Group: GroupFile, Code: "info_type", Name: "Тип информации", Required: true, Kind: KindText, Min: 1, Max: 20, Values: []string{InfoType}},
	{Rule: "F3", Group: GroupFile, Code: "version", Name: "Версия формата файла", Required: true, Kind: KindText, Min: 1, Max: 5, Values: []string{Version}},

	{Rule: "F4", Group: GroupSender, Code: "surname", Name: "Фамилия отправителя", Required: true, Kind: KindText, Min: 1, Max: 60, check: checkNotBlank},
	{Rule: "F5", Group: GroupSender, Code: "name", Name: "Имя отправителя", Required: true, Kind: KindText, Min: 1, Max: 60, check: checkNotBlank},
	{Rule: "F6", Group: GroupSender, Code: "patronymic", Name: "Отчество отправителя", Kind: KindText, Max: 60},
	{Rule: "F7", Group: GroupSender, Code: "phone", Name: "Телефон отправителя", Required: true, Kind: KindText, Min: 1, Max: 20, check: checkPhone},
	{Rule: "F8", Group: GroupSender, Code: "email", Name: "E-mail отправителя", Kind: KindText, Max: 45, check: checkEmail},

	{Rule: "F9", Group: GroupDocument, Code: "id_document", Name: "Идентификатор документа", Required: true, Kind: KindText, Min: 36, Max: 36, check: checkGUID},

	{Rule: "F10", Group: GroupSource, Code: "file_id", Name: "Идентификатор исходного файла", Required: true, Kind: KindText, Min: 20, Max: 20, check: checkFileID},
	{Rule: "F11", Group: GroupSource, Code: "recieve_date", Name: "Дата приема файла", Required: true, Kind: KindDate, Min: 10, Max: 10, Aliases: []string{"receive_date"}},
	{Rule: "F12", Group: GroupSource, Code: "info_type", Name: "Тип информации по исходному файлу", Kind: KindText, Max: 20, Values: []string{SourceInfoType}},
	{Rule: "F13", Group: GroupSource, Code: "processing_result", Name: "Признак результата обработки файла", Required: true, Kind: KindText, Min: 2, Max: 2, Values: []string{"01", "02", "03"}},
	{Rule: "F14", Group: GroupSource, Code: "docs_count_all", Name: "Количество структурных элементов информации принятых к обработке", Required: true, Kind: KindNumber, Min: 1, Max: 7},
	{Rule: "F15", Group: GroupSource, Code: "docs_count_ok", Name: "Количество структурных элементов информации, в которых не выявлены ошибки", Required: true, Kind: KindNumber, Min: 1, Max: 7},
	{Rule: "F16", Group: GroupSource, Code: "error_code", Name: "Код ошибки обобщенный", Kind: KindText, Max: 10},
	{Rule: "F17", Group: GroupSource, Code: "error_text", Name: "Текст ошибки обобщенный", Kind: KindText, Max: 255},
	{Rule: "F18", Group: GroupSource, Code: "file_name", Name: "Наименование файла", Required: true, Kind: KindText, Min: 1, Max: 20, check: checkFileName},

	{Rule: "F19", Group: GroupError, Code: "error_mean", Name: "Ошибочное значение показателя", Kind: KindText, Max: 1000, check: checkExact},
	{Rule: "F20", Group: GroupError, Code: "error_code", Name: "Код ошибки", Required: true, Kind: KindText, Min: 1, Max: 10},
	{Rule: "F21", Group: GroupError, Code: "error_text", Name: "Текст сообщения об ошибке", Required: true, Kind: KindText, Min: 1, Max: 255},
	{Rule: "F22", Group: GroupError, Code: "last_succeeded_id", Name: "Последний успешный документ", Kind: KindText, Max: 33, check: checkLastID},
	{Rule: "F23", Group: GroupError, Code: "error_position", Name: "Местоположение ошибочного элемента в XML файле", Kind: KindText, Max: 255},
}

// firstField and pastField bound each group's lines in baseFields.
var firstField, pastField = func() (first, past [groupCount]int) {
	for i, f := range baseFields {
		if past[f.Group] == 0 {
			first[f.Group] = i
		}
		past[f.Group] = i + 1
	}
	return first, past
}()

// groupFields returns a group's lines of the table.
func groupFields(g Group) []Field { return baseFields[firstField[g]:pastField[g]] }

// Fields returns a copy of the table of format ТСФЛК 2.0.
func Fields() []Field { return slices.Clone(baseFields) }

// leafIndex finds a leaf within its group; alias says that an old spelling was used.
var leafNames = func() (t [groupCount]map[string]leafName) {
	for g := GroupFile; g < groupCount; g++ {
		t[g] = map[string]leafName{}
		for i, f := range groupFields(g) {
			t[g][f.Code] = leafName{index: i}
			for _, alias := range f.Aliases {
				t[g][alias] = leafName{i, true}
			}
		}
	}
	return t
}()

type leafName struct {
	index int
	alias bool
}
