package migrate_test

// key is what a world is remembered by. Runs differ in nothing but the names that they give, so worlds that are the same but for
// which run is which have one key.
func (s *search) key(w *world) uint64 {
	key := s.hash(w)
	for _, order := range orders[s.runs] {
		n := s.reordered(w, order)
		key = min(key, s.hash(&n))
	}
	return key
}

// same are the worlds that have the same key.
func (s *search) same(w *world) []world {
	all := []world{*w}
	for _, order := range orders[s.runs] {
		all = append(all, s.reordered(w, order))
	}
	return all
}

// orders are the ways to number runs, but for the one that there is.
var orders = [maxActors + 1][][maxActors]int{
	2: {{1, 0, 2}},
	3: {{0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}},
}

// reordered is a world in which the ith run is what the run order[i] was.
func (m *model) reordered(w *world, order [maxActors]int) world {
	each := name(maxRuns / m.runs)
	var r renaming
	for n := range r.to {
		r.to[n] = name(n)
	}
	for first := firstArriving; first < lastName; first += maxRuns {
		for i := range m.runs {
			for j := range each {
				r.to[first+name(order[i])*each+j] = first + name(i)*each + j
			}
		}
	}
	for pair := range r.pairs {
		r.pairs[pair] = uint8(pair)
	}
	n := mapped(w, &r)
	was := n.actors
	for i := range m.runs {
		n.actors[i] = was[order[i]]
	}
	return sorted(n)
}
