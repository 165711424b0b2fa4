package ecr

import "strconv"

// Class says who can do something about an error code of a device (rule E15).
// The classes are a judgement of the protocol's package, not of its document.
type Class int

// The classes. Zero is that of a code without a known meaning.
const (
	ClassUnknown     Class = iota
	ClassRetry             // temporary: look at the state, try again later; it says nothing about whether the command ran
	ClassOperator          // the cashier can mend it: paper, shift, receipt, password
	ClassService           // for a service engineer, or a registration
	ClassProgramming       // the program sent a wrong thing, or at a wrong moment
)

var classNames = [...]string{"unknown", "retry", "operator", "service", "programming"}

// String returns the name of the class, or Class(N) for a value that is none.
func (c Class) String() string {
	if c >= 0 && int(c) < len(classNames) {
		return classNames[c]
	}
	return "Class(" + strconv.Itoa(int(c)) + ")"
}

// MarshalText writes the name.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (c *Class) UnmarshalText(text []byte) error {
	for n, name := range classNames {
		if name == string(text) {
			*c = Class(n)
			return nil
		}
	}
	return unknownName(Phrase{EN: "class", RU: "класс ошибки"}, string(text))
}

var classAdvice = [...]Phrase{
	ClassUnknown:     {EN: "report the code to the service", RU: "сообщите код в сервис"},
	ClassRetry:       {EN: "wait and try again after a look at the register's state", RU: "подождите и повторите, проверив состояние ККТ"},
	ClassOperator:    {EN: "mend the cause and try again", RU: "устраните причину и повторите"},
	ClassService:     {EN: "call a service engineer", RU: "вызовите сервисного инженера"},
	ClassProgramming: {EN: "report it to the program's developer", RU: "обратитесь к разработчику программы"},
}

// Advice is what a cashier does about it, in a language, without a full stop.
func (c Class) Advice(lang string) string {
	if c < 0 || int(c) >= len(classAdvice) {
		c = ClassUnknown
	}
	return classAdvice[c].Words(lang)
}
