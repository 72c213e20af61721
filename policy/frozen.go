package policy

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/talon-care/talon/calendar"
	"github.com/talon-care/talon/money"
)

// ReadFrozen reads facts that CanonicalJSON wrote, as they lie with a claim's
// decision. It gives what encoding/json gives, several times quicker, so that
// all stored claims can be decided again in seconds: the form that
// CanonicalJSON writes is read directly, and anything else (spaces, escapes,
// keys of another version) is left to encoding/json. Facts that people write
// are for ParseFacts, which checks them.
func ReadFrozen(data []byte) (*Facts, error) {
	f := &Facts{}
	t := thaw{rest: string(data)}
	if utf8.Valid(data) && t.facts(f) && t.rest == "" {
		return f, nil
	}
	f = &Facts{}
	if err := json.Unmarshal(data, f); err != nil {
		return nil, fmt.Errorf("read frozen facts: %w", err)
	}
	return f, nil
}

// thaw reads canonical JSON from the front of a text. Each method reports
// whether what it expects was there; the texts it gives share the memory of
// the whole.
type thaw struct{ rest string }

func (t *thaw) facts(f *Facts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "pack":
			return t.text(&f.Pack)
		case "at":
			return t.instant(&f.At)
		case "request":
			return t.request(&f.Request)
		case "unit":
			return t.unit(&f.Unit)
		case "sale":
			return t.sale(&f.Sale)
		case "warranty":
			return t.warranty(&f.Warranty)
		case "certificate":
			return t.certificate(&f.Certificate)
		case "documents":
			return thawList(t, &f.Documents, t.text)
		case "diagnosis":
			return t.diagnosis(&f.Diagnosis)
		case "services":
			return thawList(t, &f.Services, t.service)
		case "market":
			return t.market(&f.Market)
		case "remedy":
			return t.remedy(&f.Remedy)
		}
		return false
	})
}

func (t *thaw) request(f *RequestFacts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "kind":
			return t.text(&f.Kind)
		case "basis":
			return t.text(&f.Basis)
		case "channel":
			return t.text(&f.Channel)
		case "received_at":
			return t.instant(&f.ReceivedAt)
		case "settlement":
			return t.text(&f.Settlement)
		case "remedy":
			return t.text(&f.Remedy)
		case "remedy_at":
			return t.instant(&f.RemedyAt)
		case "before_check":
			return t.truth(&f.BeforeCheck)
		case "loaner_at":
			return t.instant(&f.LoanerAt)
		case "loaner_until":
			return t.instant(&f.LoanerUntil)
		}
		return false
	})
}

func (t *thaw) unit(f *UnitFacts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "category":
			return t.text(&f.Category)
		case "brand":
			return t.text(&f.Brand)
		case "model":
			return t.text(&f.Model)
		case "serial":
			return t.text(&f.Serial)
		case "imei":
			return t.text(&f.IMEI)
		case "imei_on_receipt":
			return t.truth(&f.IMEIOnReceipt)
		case "card_in_kit":
			return t.truth(&f.CardInKit)
		case "personal_use":
			return t.truth(&f.PersonalUse)
		case "reported_stolen":
			return t.truth(&f.ReportedStolen)
		case "lock_active":
			return t.truth(&f.LockActive)
		case "owner_proven":
			return t.truth(&f.OwnerProven)
		case "original_packaging":
			return t.truth(&f.OriginalPackaging)
		case "digital_elements":
			return t.truth(&f.DigitalElements)
		}
		return false
	})
}

func (t *thaw) sale(f *SaleFacts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "date":
			return t.date(&f.Date)
		case "delivered":
			return t.date(&f.Delivered)
		case "rescinded":
			return t.date(&f.Rescinded)
		case "channel":
			return t.text(&f.Channel)
		case "price":
			return t.amount(&f.Price)
		}
		return false
	})
}

func (t *thaw) warranty(f *WarrantyFacts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "months":
			return t.number(&f.Months)
		case "issuer":
			return t.text(&f.Issuer)
		}
		return false
	})
}

func (t *thaw) certificate(f *CertificateFacts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "number":
			return t.text(&f.Number)
		case "sold":
			return t.date(&f.Sold)
		case "price":
			return t.amount(&f.Price)
		}
		return false
	})
}

func (t *thaw) diagnosis(f *DiagnosisFacts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "confirmed":
			return t.truth(&f.Confirmed)
		case "kind":
			return t.text(&f.Kind)
		case "findings":
			return thawList(t, &f.Findings, t.finding)
		case "failed_part":
			return t.text(&f.FailedPart)
		case "defect":
			return t.text(&f.Defect)
		case "insignificant":
			return t.truth(&f.Insignificant)
		}
		return false
	})
}

func (t *thaw) finding(f *Finding) bool {
	return t.object(func(key string) bool {
		switch key {
		case "code":
			return t.text(&f.Code)
		case "part":
			return t.text(&f.Part)
		case "cause":
			return t.text(&f.Cause)
		}
		return false
	})
}

func (t *thaw) service(f *Service) bool {
	return t.object(func(key string) bool {
		switch key {
		case "demanded":
			return t.moment(&f.Demanded)
		case "accepted":
			return t.moment(&f.Accepted)
		case "released":
			return t.moment(&f.Released)
		case "handed_back":
			return t.moment(&f.HandedBack)
		case "kind":
			return t.text(&f.Kind)
		case "outcome":
			return t.text(&f.Outcome)
		case "centre":
			return t.text(&f.Centre)
		case "basis":
			return t.text(&f.Basis)
		case "defect":
			return t.text(&f.Defect)
		}
		return false
	})
}

func (t *thaw) market(f *MarketFacts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "same_model":
			return t.truth(&f.SameModel)
		case "analog_price":
			return t.amount(&f.AnalogPrice)
		}
		return false
	})
}

func (t *thaw) remedy(f *RemedyFacts) bool {
	return t.object(func(key string) bool {
		switch key {
		case "repair_possible":
			return t.truth(&f.RepairPossible)
		case "ready_at":
			return t.instant(&f.ReadyAt)
		}
		return false
	})
}

// object reads {"key":value,…} and calls member before each value.
func (t *thaw) object(member func(key string) bool) bool {
	if !t.skip("{") {
		return false
	}
	if t.skip("}") {
		return true
	}
	for {
		var key string
		if !t.text(&key) || !t.skip(":") || !member(key) {
			return false
		}
		if t.skip("}") {
			return true
		}
		if !t.skip(",") {
			return false
		}
	}
}

// thawList reads a list. One that stands twice is left to encoding/json.
func thawList[T any](t *thaw, list *[]T, item func(*T) bool) bool {
	if *list != nil || !t.skip("[") {
		return false
	}
	*list = []T{}
	if t.skip("]") {
		return true
	}
	for {
		var next T
		if !item(&next) {
			return false
		}
		*list = append(*list, next)
		if t.skip("]") {
			return true
		}
		if !t.skip(",") {
			return false
		}
	}
}

func (t *thaw) skip(mark string) bool {
	rest, found := strings.CutPrefix(t.rest, mark)
	if found {
		t.rest = rest
	}
	return found
}

// text reads a text without escapes.
func (t *thaw) text(s *string) bool {
	if !t.skip(`"`) {
		return false
	}
	for i := range len(t.rest) {
		switch c := t.rest[i]; {
		case c == '"':
			*s, t.rest = t.rest[:i], t.rest[i+1:]
			return true
		case c < ' ' || c == '\\':
			return false
		}
	}
	return false
}

func (t *thaw) truth(b **bool) bool {
	value := t.skip("true")
	if !value && !t.skip("false") {
		return false
	}
	*b = &value
	return true
}

// number reads a whole number of a few digits.
func (t *thaw) number(n **int) bool {
	value, digits := 0, 0
	for digits < len(t.rest) && t.rest[digits] >= '0' && t.rest[digits] <= '9' {
		value = value*10 + int(t.rest[digits]-'0')
		if digits++; digits > 9 {
			return false
		}
	}
	if digits == 0 || digits > 1 && t.rest[0] == '0' {
		return false
	}
	*n, t.rest = &value, t.rest[digits:]
	return true
}

func (t *thaw) date(d *calendar.Date) bool {
	var s string
	if !t.text(&s) || s == "" {
		return false
	}
	parsed, err := calendar.ParseDate(s)
	*d = parsed
	return err == nil
}

func (t *thaw) instant(at *time.Time) bool {
	var s string
	return t.text(&s) && at.UnmarshalText([]byte(s)) == nil
}

func (t *thaw) moment(m *Moment) bool {
	var s string
	return t.text(&s) && m.UnmarshalText([]byte(s)) == nil
}

func (t *thaw) amount(a **money.Amount) bool {
	var sum, currency string
	if !t.skip(`{"amount":`) || !t.text(&sum) || !t.skip(`,"currency":`) || !t.text(&currency) || !t.skip("}") {
		return false
	}
	parsed, err := money.Parse(sum, currency)
	if err != nil {
		return false
	}
	*a = &parsed
	return true
}
