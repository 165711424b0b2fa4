package ecrtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Action is what a simulated device does wrong.
type Action int

// The actions, with what each does to the frame it hits; a step of a script
// names them in lower case with hyphens. Zero is none.
const (
	DropAnswer      Action = iota + 1 // acknowledged and executed, the answer is not sent
	DuplicateAnswer                   // the answer is sent twice
	Garble                            // one byte of the answer is damaged; VALUE is its offset, counted from 0
	Delay                             // acknowledged, then VALUE passes before it is executed
	Stall                             // nothing is sent and nothing executed: the device goes silent for this exchange
	HangUp                            // acknowledged and executed, then the connection is closed in place of the answer
	Refuse                            // NAK, not executed; VALUE frames in a row, 1 if not given
	Late                              // acknowledged and executed at once, the answer is VALUE late
	Interim                           // VALUE interim frames of another command, 2 s apart, before the answer
	PowerLoss                         // not executed; all connections close and the port is dead for a while
	NoACK                             // executed and answered without ACK
)

var actionNames = [...]string{
	DropAnswer: "drop-answer", DuplicateAnswer: "duplicate-answer", Garble: "garble", Delay: "delay", Stall: "stall",
	HangUp: "hangup", Refuse: "nak", Late: "late", Interim: "interim", PowerLoss: "power-loss", NoACK: "no-ack",
}

// String returns the name as a script writes it, or Action(N) for a value that is none.
func (a Action) String() string {
	if a > 0 && int(a) < len(actionNames) {
		return actionNames[a]
	}
	return "Action(" + strconv.Itoa(int(a)) + ")"
}

// MarshalText writes the name.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (a *Action) UnmarshalText(text []byte) error {
	for n, name := range actionNames {
		if n > 0 && name == string(text) {
			*a = Action(n)
			return nil
		}
	}
	return fmt.Errorf("unknown action %q, known are %s", text, strings.Join(actionNames[1:], ", "))
}

// immediate actions need no frame to act on.
func (a Action) immediate() bool { return a == HangUp || a == PowerLoss }

// Trigger says what a step waits for.
type Trigger int

// The triggers. Zero is none.
const (
	AtCommand Trigger = iota + 1 // the n-th arriving frame of a command, resends after NAK included; every one if n is 0
	AtFrame                      // the n-th arriving frame
	AtByte                       // the n-th arriving byte
	AtTime                       // a time after the start
)

var triggerNames = [...]string{AtCommand: "cmd", AtFrame: "frame", AtByte: "byte", AtTime: "time"}

// String returns the word of the script, or Trigger(N) for a value that is none.
func (t Trigger) String() string {
	if t > 0 && int(t) < len(triggerNames) {
		return triggerNames[t]
	}
	return "Trigger(" + strconv.Itoa(int(t)) + ")"
}

// Step is one fault: when, and what.
type Step struct {
	At      Trigger       // what it waits for
	Command string        // of AtCommand: the code in lower-case hex, "50", "ff45"
	N       int           // of AtCommand, AtFrame, AtByte: counted from 1; 0 of AtCommand is every time
	After   time.Duration // of AtTime: since the start
	Do      Action        // what happens
	Value   int           // of Garble, Refuse, Interim; -1 of Garble: the last byte
	For     time.Duration // of Delay, Late
}

// Script is a list of faults. The text form is what the programs take with
// -fault: steps separated by ; and each of them AT ACTION[=VALUE], for instance
//
//	cmd 50#1 drop-answer; frame 7 nak=2; byte 100 hangup; time 2s power-loss
type Script []Step

// ParseScript reads the text form; an empty text is an empty script.
func ParseScript(text string) (Script, error) {
	var s Script
	n := 0
	for part := range strings.SplitSeq(text, ";") {
		n++
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		step, err := parseStep(words)
		if err != nil {
			return nil, scriptError(n, strings.TrimSpace(part), err)
		}
		s = append(s, step)
	}
	return s, nil
}

func parseStep(words []string) (Step, error) {
	var s Step
	if len(words) != 3 {
		return s, fmt.Errorf("want three words: cmd CODE[#n], frame N, byte N or time D, then ACTION[=VALUE]")
	}
	if err := s.parseTrigger(words[0], words[1]); err != nil {
		return s, err
	}
	name, value, given := strings.Cut(words[2], "=")
	if err := s.Do.UnmarshalText([]byte(name)); err != nil {
		return s, err
	}
	return s, s.parseValue(value, given)
}

func (s *Step) parseTrigger(word, arg string) error {
	var err error
	switch word {
	case "cmd":
		s.At = AtCommand
		code, n, counted := strings.Cut(arg, "#")
		s.Command = strings.ToLower(code)
		if len(code)%2 != 0 || len(code) < 2 || len(code) > 4 || strings.Trim(s.Command, "0123456789abcdef") != "" {
			return fmt.Errorf("%q is no command code in hex", code)
		}
		if counted {
			s.N, err = count(n)
		}
	case "frame":
		s.At = AtFrame
		s.N, err = count(arg)
	case "byte":
		s.At = AtByte
		s.N, err = count(arg)
	case "time":
		s.At = AtTime
		s.After, err = duration(arg)
	default:
		return fmt.Errorf("%q is none of cmd, frame, byte, time", word)
	}
	return err
}

func (s *Step) parseValue(value string, given bool) (err error) {
	switch s.Do {
	case Delay, Late:
		if !given {
			return fmt.Errorf("%v needs a duration: %v=3s", s.Do, s.Do)
		}
		s.For, err = duration(value)
	case Refuse, Interim:
		s.Value = 1
		if given {
			s.Value, err = count(value)
		} else if s.Do == Interim {
			return fmt.Errorf("interim needs a number: interim=3")
		}
	case Garble:
		s.Value = -1
		if given {
			if s.Value, err = strconv.Atoi(value); err != nil || s.Value < 0 || s.Value > maxOffset {
				return fmt.Errorf("%q is no offset of a byte, 0..%d", value, maxOffset)
			}
		}
	default:
		if given {
			return fmt.Errorf("%v takes no value", s.Do)
		}
	}
	return err
}

// Bounds of the numbers of a script.
const (
	maxOffset = 70_000
	maxCount  = 1_000_000_000
	maxWait   = 24 * time.Hour
)

func count(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxCount {
		return 0, fmt.Errorf("%q is no number, 1..%d", s, maxCount)
	}
	return n, nil
}

func duration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if err != nil || d < 0 || d > maxWait {
		return 0, fmt.Errorf("%q is no duration such as 500ms or 2s", s)
	}
	return d, nil
}

// String writes the script as ParseScript reads it.
func (s Script) String() string {
	parts := make([]string, len(s))
	for i, step := range s {
		parts[i] = step.String()
	}
	return strings.Join(parts, "; ")
}

// String writes the step as a script has it.
func (s Step) String() string {
	var at string
	switch s.At {
	case AtCommand:
		at = s.Command
		if s.N > 0 {
			at += "#" + strconv.Itoa(s.N)
		}
	case AtTime:
		at = s.After.String()
	default:
		at = strconv.Itoa(s.N)
	}
	text := s.At.String() + " " + at + " " + s.Do.String()
	switch s.Do {
	case Delay, Late:
		text += "=" + s.For.String()
	case Refuse, Interim:
		text += "=" + strconv.Itoa(s.Value)
	case Garble:
		if s.Value >= 0 {
			text += "=" + strconv.Itoa(s.Value)
		}
	}
	return text
}
