// Package desk holds the use cases: what customers, staff, partner centres
// and programs do. Each runs in one transaction with its audit entry, checks
// who may do it against one permission table, and is scoped by retailer:
// another retailer's claim is simply not found. The domain's rules are
// care's, the terms are policy's; desk brings them together.
package desk
