package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/obmen-go/obmen/flk"
)

// Text writes a report for reading on a terminal, in Russian.
func Text(w io.Writer, d *Data) error {
	out := bufio.NewWriter(w)
	s := d.Summary
	fmt.Fprintf(out, "Протокол ФЛК %s: %s\n", plain(s.File), s.Status.Text("ru"))
	for _, l := range facts(s) {
		fmt.Fprintf(out, "  %s: %s\n", l[0], plain(l[1]))
	}
	for _, u := range s.Unreadable {
		fmt.Fprintf(out, "\nНе прочитан %s: %s\n", plain(u.File), plain(u.MessageRU))
	}
	if len(s.ByCode) > 0 {
		fmt.Fprintf(out, "\nОшибки по кодам:\n")
		for _, t := range s.ByCode {
			fmt.Fprintf(out, "  %6d  %s  %s\n", t.Count, plain(t.Key), plain(t.Text))
		}
	}
	if len(d.Findings) > 0 {
		fmt.Fprintf(out, "\nЗамечания к протоколу:\n")
		for _, f := range d.Findings {
			fmt.Fprintf(out, "  %s %s %s: %s\n", severityName(f.Severity), f.Rule, plain(where(f)), plain(f.Message("ru")))
		}
		if more := s.Findings.Errors + s.Findings.Warnings - len(d.Findings); more > 0 {
			fmt.Fprintf(out, "  и ещё %d\n", more)
		}
	}
	before := 0
	for e, err := range d.entries() {
		if err != nil {
			out.Flush()
			return err
		}
		if before != e.Number {
			before = e.Number
			fmt.Fprintf(out, "\nДокумент %d, %s: %s\n", e.Number, plain(e.Document.ID), plain(e.Document.Source.Result.Name()))
		}
		code, text := entryText(e)
		fmt.Fprintf(out, "  %s  %s\n", plain(code), plain(text))
		for _, l := range details(e) {
			fmt.Fprintf(out, "      %s: %s\n", l[0], plain(l[1]))
		}
	}
	return out.Flush()
}

func severityName(s flk.Severity) string {
	if s == flk.SeverityError {
		return "ошибка"
	}
	return "предупреждение"
}

func where(f Finding) string {
	at := f.Path()
	if f.Pos.Line > 0 {
		at += fmt.Sprintf(" (%d:%d)", f.Pos.Line, f.Pos.Col)
	}
	return at
}

func entryText(e Entry) (code, text string) {
	if e.Error == nil {
		return e.Document.Source.ErrorCode, e.Document.Source.ErrorText
	}
	return e.Error.Code, e.Error.Text
}

// facts are the lines of a summary, with the source's names.
func facts(s *Summary) [][2]string {
	list := [][2]string{
		{"Идентификатор файла", s.FileID},
		{"Документов", strconv.Itoa(s.Documents)},
		{"Принято к обработке", strconv.FormatInt(s.CountAll, 10)},
		{"Без ошибок", strconv.FormatInt(s.CountOK, 10) + " (" + s.Accepted.String() + " %)"},
		{"Записей об ошибках", strconv.Itoa(s.Errors)},
		{"Замечаний к протоколу", fmt.Sprintf("ошибок %d, предупреждений %d", s.Findings.Errors, s.Findings.Warnings)},
	}
	if s.Protocols > 1 {
		list = append([][2]string{{"Протоколов", strconv.Itoa(s.Protocols)}}, list...)
	}
	if j := s.Source; j != nil {
		list = append(list, [2]string{"Исходный файл", fmt.Sprintf("%s, документов %d", j.File, j.Statements)},
			[2]string{"Направить заново", numbers(j.Resend)})
		if j.Unlocated > 0 {
			list = append(list, [2]string{"Место не найдено", fmt.Sprintf("у записей: %d", j.Unlocated)})
		}
	}
	return list
}

// numbers writes 1-3, 7.
func numbers(list []int) string {
	var b strings.Builder
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Itoa(list[i]))
		if j > i {
			b.WriteString("-" + strconv.Itoa(list[j]))
		}
		i = j + 1
	}
	if b.Len() == 0 {
		return "нет"
	}
	return b.String()
}

// details are the filled leaves of an entry, with the source's names.
func details(e Entry) [][2]string {
	var list [][2]string
	if e.Error != nil {
		for _, l := range [][2]string{
			{"Ошибочное значение показателя", e.Error.Mean},
			{"Местоположение ошибочного элемента", e.Error.Position},
			{"Последний успешный документ", e.Error.LastSucceededID},
		} {
			if l[1] != "" {
				list = append(list, l)
			}
		}
	}
	if at := placeText(e); at != "" {
		list = append(list, [2]string{"В исходном файле", at})
	}
	return list
}

func placeText(e Entry) string {
	var parts []string
	if e.Place.Line > 0 {
		parts = append(parts, "строка:позиция "+e.Place.String())
	}
	if e.Place.Statement > 0 {
		parts = append(parts, "документ "+strconv.Itoa(e.Place.Statement))
	}
	return strings.Join(parts, ", ")
}

// plain keeps a value on its line and from steering the terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ', r == 0x7F, r >= 0x80 && r <= 0x9F, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0x2028, r == 0x2029:
			return ' '
		}
		return r
	}, s)
}

// Markdown writes a report in Russian for a tracker or a mail.
func Markdown(w io.Writer, d *Data) error {
	out := bufio.NewWriter(w)
	s := d.Summary
	fmt.Fprintf(out, "# Протокол ФЛК %s\n\n**%s**\n\n", cell(s.File), s.Status.Text("ru"))
	for _, l := range facts(s) {
		fmt.Fprintf(out, "- %s: %s\n", l[0], cell(l[1]))
	}
	for _, u := range s.Unreadable {
		fmt.Fprintf(out, "- Не прочитан %s: %s\n", cell(u.File), cell(u.MessageRU))
	}
	if len(d.Findings) > 0 {
		fmt.Fprintf(out, "\n## Замечания к протоколу\n\n| Правило | Важность | Место | Замечание |\n|---|---|---|---|\n")
		for _, f := range d.Findings {
			fmt.Fprintf(out, "| %s | %s | %s | %s |\n", f.Rule, severityName(f.Severity), cell(where(f)), cell(f.Message("ru")))
		}
	}
	fmt.Fprintf(out, "\n## Ошибки\n\n| Документ | Код | Текст | Значение | Место | В исходном файле |\n|---|---|---|---|---|---|\n")
	for e, err := range d.entries() {
		if err != nil {
			out.Flush()
			return err
		}
		code, text := entryText(e)
		var mean, position string
		if e.Error != nil {
			mean, position = e.Error.Mean, e.Error.Position
		}
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s |\n", cell(e.Document.ID), cell(code), cell(text), cell(mean), cell(position), placeText(e))
	}
	return out.Flush()
}

var markdown = strings.NewReplacer(`\`, `\\`, "|", `\|`, "<", "&lt;", ">", "&gt;", "&", "&amp;", "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "#", `\#`, "~", `\~`)

// cell makes a value plain text of a Markdown table.
func cell(s string) string { return markdown.Replace(plain(s)) }
