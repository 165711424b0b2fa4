package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/obmen-go/obmen/flk"
	"github.com/obmen-go/obmen/flk/report"
	"github.com/obmen-go/obmen/flk/source"
)

// playFLK: statements were sent abroad, the protocol comes back; it is read,
// judged, summed up, and the statements to send again are named.
func playFLK(_ context.Context, s *stage) error {
	dir, err := s.folder("flk")
	if err != nil {
		return err
	}
	const asked = "11264320260301120000"
	sent := filepath.Join(dir, asked+".xml")
	err = os.WriteFile(sent, []byte(`<?xml version="1.0" encoding="UTF-8"?>
<file file_id="`+asked+`">
  <statement id="1"><inn>7701234567</inn><sum>100</sum></statement>
  <statement id="2"><inn>77O1</inn><sum>200</sum></statement>
  <statement id="3"><inn>7709876543</inn><sum>300</sum></statement>
</file>
`), 0o644)
	if err != nil {
		return err
	}

	s.scene("Налоговый орган проверил файл заявлений и отвечает протоколом ФЛК")
	p, err := flk.Build(&flk.Outcomes{
		SenderCountry: "643", ReceiverCountry: "112",
		Person:       flk.Sender{Surname: "Иванова", Name: "Анна", Phone: "+7 495 000-00-00"},
		SourceFileID: asked, SourceFileName: asked, Received: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		Documents: []flk.Outcome{{ID: "4a831b75-ce0b-40f9-ac69-be7e4b164f72", Total: 3, Errors: []flk.OutcomeError{
			{Element: 2, Code: "E01", Text: "ИНН состоит не из цифр", Value: "77O1", Position: "/file/statement[2]/inn"}}}},
	}, &flk.BuildOptions{Now: func() time.Time { return time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC) }})
	if err != nil {
		return err
	}
	answer := filepath.Join(dir, string(p.File.ID)+".xml")
	f, err := os.Create(answer)
	if err != nil {
		return err
	}
	err = errors.Join(flk.Encode(f, p, &flk.WriterOptions{Encoding: flk.EncodingWindows1251}), f.Close())
	if err != nil {
		return err
	}
	if strings.Contains(fmt.Sprint(p.Sender), p.Sender.Surname) {
		return errors.New("the sender's name would stand in a log")
	}
	s.say("%s в кодировке windows-1251, имя и телефон отправителя закрыты для журналов", filepath.Base(answer))

	s.scene("Протокол читается, проверяется и сводится")
	if f, err = os.Open(answer); err != nil {
		return err
	}
	defer f.Close()
	got, err := flk.Decode(f, nil)
	if err != nil {
		return err
	}
	if f, err = os.Open(sent); err != nil {
		return err
	}
	defer f.Close()
	index, err := source.Locate(f, &source.Options{Positions: []string{got.Documents[0].Errors[0].Position}})
	if err != nil {
		return err
	}
	found := flk.Validate(got, &flk.ValidatorOptions{Source: &flk.SourceFacts{FileID: index.FileID, FileName: filepath.Base(sent), Count: index.Statements}})
	if err := expect("замечаний к протоколу", len(found.List), 0); err != nil {
		return err
	}
	collect := report.NewCollector(filepath.Base(answer), nil)
	join := report.NewJoin(index)
	for _, d := range got.Documents {
		collect.Document(d)
		join.Document(d)
	}
	collect.Protocol(filepath.Base(answer), &got.Header, found, nil)
	sum := collect.Summary()
	s.shown("Результат: %s", sum.Status.Text("ru"))
	s.shown("Принято %d из %d (%v %%)", sum.CountOK, sum.CountAll, sum.Accepted)
	place, ok := index.At(got.Documents[0].Errors[0].Position)
	if err := expect("место ошибки найдено", ok, true); err != nil {
		return err
	}
	s.shown("%s %s: %s, строка %d, позиция %d", got.Documents[0].Errors[0].Code, got.Documents[0].Errors[0].Text,
		got.Documents[0].Errors[0].Mean, place.Line, place.Column)
	resend := join.Summary(filepath.Base(sent)).Resend
	if err := expect("направить заново", len(resend), 1); err != nil {
		return err
	}
	s.shown("Направить заново заявление: %s", strconv.Itoa(resend[0]))
	return expect("код завершения", sum.ExitCode, flk.ExitPartial)
}
