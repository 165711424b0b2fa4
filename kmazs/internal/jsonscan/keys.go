package jsonscan

import "bytes"

// keySet holds the keys of one object. A record has a few: comparing them one by
// one costs less than a map; beyond fewKeys a map takes over.
type keySet struct {
	text []byte
	ends []int
	many map[string]struct{}
}

const fewKeys = 40

func (k *keySet) reset() {
	k.text, k.ends, k.many = k.text[:0], k.ends[:0], nil
}

// add returns DuplicateKey, TooManyKeys or 0.
func (k *keySet) add(key []byte, limit int) Reason {
	if k.many == nil {
		from := 0
		for _, end := range k.ends {
			if bytes.Equal(k.text[from:end], key) {
				return DuplicateKey
			}
			from = end
		}
		if len(k.ends) == fewKeys {
			k.many = make(map[string]struct{}, 2*fewKeys)
			from = 0
			for _, end := range k.ends {
				k.many[string(k.text[from:end])] = struct{}{}
				from = end
			}
		}
	}
	if k.many != nil {
		if _, twice := k.many[string(key)]; twice {
			return DuplicateKey
		}
		if len(k.many) >= limit {
			return TooManyKeys
		}
		k.many[string(key)] = struct{}{}
		k.text, k.ends = append(k.text[:0], key...), append(k.ends[:0], len(key))
		return 0
	}
	k.text = append(k.text, key...)
	k.ends = append(k.ends, len(k.text))
	return 0
}

// last is the key added last.
func (k *keySet) last() []byte {
	n := len(k.ends)
	if n > 1 {
		return k.text[k.ends[n-2]:]
	}
	return k.text
}
