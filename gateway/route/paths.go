package route

import (
	"strings"

	"switchyard.dev/gateway/config"
)

// paths are the places of one hostname of one listener.
type paths struct {
	exact map[string]*Place
	// prefixes are without the slash at their end; "" is "/".
	prefixes map[string]*Place
	// longest is the length of the longest of prefixes, deepest the greatest
	// number of slashes in one: what bounds a lookup, whatever a client sends.
	longest, deepest int
}

// lookup finds the place for path, an Exact match before the longest prefix of
// whole elements. A nil p has none.
func (p *paths) lookup(path string) *Place {
	if p == nil {
		return nil
	}
	if place := p.exact[path]; place != nil {
		return place
	}
	if p.prefixes == nil || path == "" || path[0] != '/' {
		return nil
	}
	for prefix := p.candidate(path); ; {
		if place := p.prefixes[prefix]; place != nil {
			return place
		}
		slash := strings.LastIndexByte(prefix, '/')
		if slash < 0 {
			return nil
		}
		prefix = prefix[:slash]
	}
}

// candidate is the longest part of path, of whole elements, that could be one of
// prefixes.
func (p *paths) candidate(path string) string {
	end, slashes := 0, 0
	for i := 0; i <= len(path) && i <= p.longest; i++ {
		if i < len(path) && path[i] != '/' {
			continue
		}
		end = i
		if slashes++; slashes > p.deepest {
			break
		}
	}
	return path[:end]
}

// at is the place of a path, made where there is none.
func (p *paths) at(m *config.PathMatch) *Place {
	if m.GetType() == config.PathMatch_EXACT {
		return madePlace(&p.exact, m.GetValue())
	}
	// "When specified, a trailing `/` is ignored" (Gateway API, PathPrefix).
	prefix := strings.TrimSuffix(m.GetValue(), "/")
	p.longest = max(p.longest, len(prefix))
	p.deepest = max(p.deepest, strings.Count(prefix, "/"))
	return madePlace(&p.prefixes, prefix)
}

func madePlace(m *map[string]*Place, path string) *Place {
	if *m == nil {
		*m = make(map[string]*Place)
	}
	place := (*m)[path]
	if place == nil {
		place = &Place{}
		(*m)[path] = place
	}
	return place
}
