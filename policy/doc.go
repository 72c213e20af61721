// Package policy reads policy packs and decides claims by them.
//
// A pack is one YAML file that holds a retailer's whole policy (or a
// country's statute). Compile checks it and makes a Program; Decide answers a
// set of facts on every basis side by side, three-valued: a fact that is not
// known is unknown, never false. The package does no IO and never reads the
// clock: the same pack and facts give the same bytes.
package policy
