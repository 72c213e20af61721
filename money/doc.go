// Package money holds sums as whole minor units with their currency.
//
// Nothing here passes through floating point. Sums round half away from zero,
// as the Bulgarian euro law asks for conversion and as tills do; the half-even
// rounding of general money libraries would be a cent off. Calculations that
// leave the range of int64 are errors, never wrapped numbers.
package money
