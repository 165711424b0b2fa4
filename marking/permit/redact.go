package permit

import "strings"

// redaction is the secrets that a peer was shown and may repeat in its texts
// (M67), each as it is and as it stands inside JSON.
type redaction []string

// minSecret is the shortest secret that is looked for: shorter ones would be
// found in any text.
const minSecret = 4

// with adds secrets.
func (r redaction) with(secrets ...string) redaction {
	list := append(redaction(nil), r...)
	for _, s := range secrets {
		if len(s) < minSecret {
			continue
		}
		list = append(list, s)
		if quoted := strings.Trim(string(encode(s)), `"`); quoted != s {
			list = append(list, quoted)
		}
	}
	return list
}

// clean takes the secrets out of a text.
func (r redaction) clean(text string) string {
	for _, s := range r {
		text = strings.ReplaceAll(text, s, "***")
	}
	return text
}

// text makes a peer's text fit for an error: the secrets go first, so that none
// can be cut in half and be overlooked.
func (r redaction) text(text string) string { return oneLine(r.clean(text)) }

// body is clean for a whole answer.
func (r redaction) body(data []byte) []byte { return []byte(r.clean(string(data))) }

// stamp is clean for the names of an answer.
func (r redaction) stamp(s Stamp) Stamp {
	s.ReqID, s.ReqTime, s.Inst, s.Ver = r.clean(s.ReqID), r.clean(s.ReqTime), r.clean(s.Inst), r.clean(s.Ver)
	return s
}
