package plan

import "fmt"

// Destroying are the steps that destroy data, and those that need one of them to be done first: by number, with why a run that is to
// destroy nothing leaves them out. It is empty when the plan destroys nothing.
func (p *Plan) Destroying() map[int]string {
	why := map[int]string{}
	for more := true; more; { // a step may need one with a higher number
		more = false
		for i := range p.Steps {
			step := &p.Steps[i]
			if why[step.Number] != "" {
				continue
			}
			if step.Class == DestroysData {
				why[step.Number] = "it destroys data"
			}
			for _, number := range step.Needs {
				if why[step.Number] == "" && why[number] != "" {
					why[step.Number] = fmt.Sprintf("it needs step %d, which is left out", number)
				}
			}
			more = more || why[step.Number] != ""
		}
	}
	return why
}

// Without is the plan without some steps, by number. The others keep their numbers, so that it can be compared with a server but not
// carried out.
func (p *Plan) Without(numbers map[int]string) *Plan {
	rest := *p
	rest.Steps = nil
	for _, step := range p.Steps {
		if numbers[step.Number] == "" {
			rest.Steps = append(rest.Steps, step)
		}
	}
	return &rest
}
