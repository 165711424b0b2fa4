package shtrihm

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/ecr"
)

func TestDeviceErrors(t *testing.T) {
	t.Run("E15 every documented code has a class and both texts", func(t *testing.T) {
		for n, m := range deviceCodes {
			if m.class == ClassUnknown || m.ru == "" || m.en == "" {
				t.Errorf("%02X: %+v", n, m)
			}
		}
		for _, n := range []byte{0x01, 0x24, 0x33, 0x37, 0x45, 0x4D, 0x50, 0x5E, 0x6B, 0x73, 0x8D, 0x96, 0xA0, 0xA3, 0xAA, 0xAC, 0xC7, 0xD3, 0xE4, 0xF5} {
			if _, ok := deviceCodes[n]; !ok {
				t.Errorf("%02X is missing", n)
			}
		}
	})
	t.Run("E15 an error names code, command and advice", func(t *testing.T) {
		e := &DeviceError{Number: ErrorNotRecognised, Cmd: 0xFF61}
		if e.Code() != "ECR-SHTRIHM-DEVICE-D3" || e.Path() != "command FF61h" || e.Class() != ClassOperator {
			t.Error(e.Code(), e.Path(), e.Class())
		}
		if got := e.Error(); got != "shtrihm: command FF61h: the device refused: 211, D3h the item code was not recognized" {
			t.Error(got)
		}
		if got := e.Message("ru"); got != "ККТ отказала (211, D3h): код товара не распознан · устраните причину и повторите." {
			t.Error(got)
		}
		if !strings.HasPrefix(e.Message("en"), "The register refused (211, D3h): ") {
			t.Error(e.Message("en"))
		}
		if e.SafeToRetry() || ecr.OutcomeOf(fmt.Errorf("sale: %w", e)) != ecr.Answered {
			t.Error("outcome")
		}
		if !errors.Is(e, &DeviceError{Number: ErrorNotRecognised}) || errors.Is(e, &DeviceError{Number: ErrorMode}) ||
			errors.Is(e, &DeviceError{Number: ErrorNotRecognised, Cmd: 0xFF67}) {
			t.Error("Is")
		}
	})
	t.Run("E15 an unknown code keeps its number", func(t *testing.T) {
		e := &DeviceError{Number: 0xD7, Cmd: 0x10}
		if e.Class() != ClassUnknown || e.Name("ru") != "" || !strings.Contains(e.Error(), "215, D7h") || !strings.Contains(e.Message("ru"), "215, D7h") {
			t.Error(e, e.Message("ru"))
		}
	})
}
