package plan

import _ "embed"

// JSONSchema describes what [Plan.WriteJSON] writes, as a JSON Schema.
//
//go:embed plan.schema.json
var JSONSchema string
