package planner

// NothingSharedChanged tells whether what all volumes without an origin have is still as it was.
func NothingSharedChanged() bool { return noOrigin == origin{} }
