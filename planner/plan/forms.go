package plan

import "encoding/json"

// MarshalJSON writes a user as the JSON of plans has it.
func (u User) MarshalJSON() ([]byte, error) { return json.Marshal(usersJSON([]User{u})[0]) }

// MarshalJSON writes a server as the JSON of plans has it.
func (s Server) MarshalJSON() ([]byte, error) { return json.Marshal(s.json()) }

// MarshalJSON writes a change as the JSON of plans has it: without the values of a secret.
func (c Change) MarshalJSON() ([]byte, error) { return json.Marshal(changesJSON([]Change{c})[0]) }

// MarshalJSON writes an object as the JSON of plans has it.
func (o Object) MarshalJSON() ([]byte, error) { return json.Marshal(o.json()) }
